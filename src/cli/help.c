/* help and the man page, from the table of commands. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static const char purpose[] = "is this language model the one it claims to be?";

static const char models[] =
    "A model is a Hugging Face directory (config.json, model.safetensors or its shards, "
    "tokenizer.json or tokenizer.model), a GGUF file (of a split one the first), or a name: "
    "hf:owner/name[@revision] in the local hub "
    "cache (HF_HUB_CACHE, HF_HOME), ollama:name[:tag] in the local Ollama store (OLLAMA_MODELS). "
    "Nothing is downloaded.";

/* Print `text` from column `indent`, broken at spaces before column 80. */
static void wrapped(const char *text, int indent)
{
    int column = indent;
    for (const char *s = text; *s;) {
        const int n = (int)strcspn(s, " ");
        if (column > indent && column + 1 + n > 79) column = indent, printf("\n%*s", indent, "");
        else if (column > indent) putchar(' '), column++;
        printf("%.*s", n, s);
        column += n;
        s += n;
        while (*s == ' ')
            s++;
    }
    putchar('\n');
}

static void help_command(const command *c)
{
    printf("usage: pot %s%s%s%s\n\n", c->name, c->words[0] ? " " : "", c->words,
           c->options[0].name ? " [options]" : "");
    wrapped(c->text[0] ? c->text : c->summary, 0);
    if (c->options[0].name) putchar('\n');
    for (const option *o = c->options; o->name; o++) {
        char left[40];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->value && *o->value != '[' ? " " : "",
                 o->value ? o->value : "");
        printf("  %-18s", left);
        wrapped(o->help, 20);
    }
}

static void help_all(void)
{
    printf("pot - %s\n\nusage: pot COMMAND ...\n\n", purpose);
    for (const command *c = commands; c->name; c++) {
        char left[48];
        snprintf(left, sizeof left, "%s %s", c->name, c->words);
        printf("  %-26s%s\n", left, c->summary);
    }
    putchar('\n');
    wrapped(models, 0);
    puts("\npot COMMAND --help says more.  Exit status of verify: 0 SAME, 1 DIFFERENT,\n"
         "3 UNDECIDED, 2 trouble.");
}

/* Text for troff: a hyphen that is typed, a backslash, a leading dot. */
static void troff(const char *s)
{
    if (*s == '.' || *s == '\'') fputs("\\&", stdout);
    for (; *s; s++)
        if (*s == '-') fputs("\\-", stdout);
        else if (*s == '\\') fputs("\\e", stdout);
        else putchar(*s);
}

static void man_command(const command *c)
{
    printf(".SS ");
    troff("pot ");
    troff(c->name);
    putchar(' ');
    troff(c->words);
    putchar('\n');
    troff(c->text[0] ? c->text : c->summary);
    putchar('\n');
    for (const option *o = c->options; o->name; o++) {
        fputs(".TP\n.B ", stdout);
        troff(o->name);
        if (o->value) printf("%s\\fI%s\\fR", *o->value == '[' ? "" : " ", o->value);
        putchar('\n');
        troff(o->help);
        putchar('\n');
    }
}

static void man_page(void)
{
    printf(".TH POT 1 \"\" \"pot %s\" \"User Commands\"\n.SH NAME\npot \\- %s\n", POT_VERSION,
           purpose);
    puts(".SH SYNOPSIS\n.B pot\n.I COMMAND\n[options] ...\n.SH DESCRIPTION");
    troff(models);
    puts("\nResults go to stdout, talk and progress to stderr.  Nothing that exists is replaced "
         "without\n.BR \\-f .\n.SH COMMANDS");
    for (const command *c = commands; c->name; c++)
        man_command(c);
    puts(".SH EXIT STATUS\n.TP\n0\nSAME, or done\n.TP\n1\nDIFFERENT\n.TP\n3\nUNDECIDED\n.TP\n2\n"
         "trouble: usage, bad input, input or output\n.SH ENVIRONMENT\n.TP\n.B POT_KERNEL\n"
         "the most that the kernels may use: ref, neon, avx2, avx512 or avx512bf16\n.TP\n.B "
         "HF_HUB_CACHE, HF_HOME\n"
         "the cache of huggingface_hub, or the directory that holds it as hub; else "
         "~/.cache/huggingface/hub\n.TP\n.B OLLAMA_MODELS\nthe store of Ollama; else "
         "~/.ollama/models");
}

int run_help(const args *a)
{
    if (a->words < 0) { /* --help after a command, or alone */
        if (a->command) help_command(a->command);
        else help_all();
        return 0;
    }
    if (arg(a, "--man")) return man_page(), 0;
    if (!a->words) return help_all(), 0;
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", a->word[0], a->words > 1 ? " " : "",
             a->words > 1 ? a->word[1] : "");
    const size_t n = strlen(name);
    int found = 0;
    for (const command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0 || (strncmp(c->name, name, n) == 0 && c->name[n] == ' ')) {
            if (found++) putchar('\n');
            help_command(c);
        }
    return found ? 0 : trouble("there is no command %s; see pot help", name);
}
