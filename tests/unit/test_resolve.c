/* Names that people type: where they lead, what is refused, and that nothing leads outside. */
#define _GNU_SOURCE
#include <pot/model.h>

#include "base/mem.h"
#include "tdir.h"

#include <stdlib.h>
#include <sys/stat.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void make_dirs(const char *path)
{
    char part[4096];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + strlen(t_dir) + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        mkdir(part, 0700);
    }
    mkdir(part, 0700);
}

static void put(const char *dir, const char *name, const char *text)
{
    char path[4096];
    make_dirs(t_path(dir));
    snprintf(path, sizeof path, "%s/%s", t_path(dir), name);
    t_text(path, text);
}

static void leads(const char *name, const char *want)
{
    char got[4096];
    pot_error err = {0};
    if (pot_model_resolve(got, sizeof got, name, &err) != POT_OK) {
        fprintf(stderr, "%s: %s: %s\n", name, err.file, err.msg);
        exit(1);
    }
    CHECK(strcmp(got, want) == 0);
}

static void refuses(const char *name, pot_status want, const char *word)
{
    char got[4096] = "untouched";
    pot_error err = {0};
    const pot_status s = pot_model_resolve(got, sizeof got, name, &err);
    if (s != want || !strstr(err.msg, word)) {
        fprintf(stderr, "%s: %d %s: %s\n", name, (int)s, err.file, err.msg);
        exit(1);
    }
    CHECK(strcmp(got, "untouched") == 0 && err.status == s);
}

static void test_paths(void)
{
    leads("models/base", "models/base");
    leads("/", "/");
    leads("", "");
    leads("HF:a/b", "HF:a/b"); /* a path like any other */
    char small[4];
    CHECK(pot_model_resolve(small, sizeof small, "abcd", NULL) == POT_E_ARG);
    CHECK(pot_model_resolve(small, sizeof small, "abc", NULL) == POT_OK);
}

static void test_hf(void)
{
    put("hub/models--o--m/refs", "main", COMMIT "\n");
    put("hub/models--o--m/refs/pr", "1", COMMIT);
    put("hub/models--o--m/refs", "gone", "ffff");
    put("hub/models--o--m/refs", "up", "../../..");
    put("hub/models--o--m/refs", "empty", "");
    put("hub/models--gpt2/refs", "main", COMMIT);
    make_dirs(t_path("hub/models--o--m/snapshots/" COMMIT));
    make_dirs(t_path("hub/models--gpt2/snapshots/" COMMIT));
    setenv("HF_HUB_CACHE", t_path("hub"), 1);
    leads("hf:o/m", t_path("hub/models--o--m/snapshots/" COMMIT));
    leads("hf:o/m@main", t_path("hub/models--o--m/snapshots/" COMMIT));
    leads("hf:o/m@pr/1", t_path("hub/models--o--m/snapshots/" COMMIT));
    leads("hf:o/m@" COMMIT, t_path("hub/models--o--m/snapshots/" COMMIT));
    leads("hf:gpt2", t_path("hub/models--gpt2/snapshots/" COMMIT));
    refuses("hf:o/n", POT_E_IO, "hf download o/n");
    refuses("hf:o/m@v2", POT_E_IO, "hf download o/m --revision v2");
    refuses("hf:o/m@a/b", POT_E_IO, "refs/a/b");
    refuses("hf:o/m@gone", POT_E_IO, "snapshots/ffff");
    refuses("hf:o/m@up", POT_E_FORMAT, "commit");
    refuses("hf:o/m@empty", POT_E_FORMAT, "commit");
}

static void test_places(void)
{
    unsetenv("HF_HUB_CACHE");
    unsetenv("HUGGINGFACE_HUB_CACHE");
    unsetenv("XDG_CACHE_HOME");
    setenv("HF_HOME", t_dir, 1);
    leads("hf:o/m", t_path("hub/models--o--m/snapshots/" COMMIT));
    setenv("HF_HOME", "", 1); /* empty counts as not set */
    setenv("HOME", "/nonexistent", 1);
    refuses("hf:o/m", POT_E_IO, "/nonexistent/.cache/huggingface/hub/models--o--m;");
    refuses("ollama:m", POT_E_IO,
            "/nonexistent/.ollama/models/manifests/registry.ollama.ai/library/m/latest;");
    unsetenv("HOME");
    refuses("hf:o/m", POT_E_ARG, "HOME is not set");
}

static void test_names(void)
{
    static const char *const bad[] = {
        "hf:",         "hf:/",         "hf:../x",        "hf:o/..",      "hf:o/m/x",
        "hf:o//m",     "hf:/o/m",      "hf:o/m/",        "hf:o/.hidden", "hf:-o/m",
        "hf:o/m@",     "hf:o/m@../x",  "hf:o/m@/x",      "hf:o/m@a/",    "hf:o m/x",
        "hf:o/m@a b",  "hf:o/m\n",     "hf:o/\xc3\xa9",  "ollama:",      "ollama:..",
        "ollama:a:..", "ollama::a",    "ollama:a:",      "ollama:/a",    "ollama:a/",
        "ollama:../a", "ollama:a:b/c", "ollama:a/b/c/d", "ollama:a b",   "ollama:a:b:c/..",
    };
    char longest[400] = "hf:";
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses(bad[i], POT_E_ARG, "is expected");
    memset(longest + 3, 'a', 129);
    refuses(longest, POT_E_ARG, "is expected");
}

#define LAYER(type, digest)                                                                        \
    "{\"mediaType\":\"application/vnd.ollama.image." type "\",\"digest\":\"" digest "\"}"

static void test_ollama(void)
{
    const char *lib = "store/manifests/registry.ollama.ai/library/m";
    put(lib, "latest",
        "{\"layers\":[" LAYER("license", "x") "," LAYER("model", "sha256:" DIGEST) "]}");
    put(lib, "8b", "{\"layers\":[" LAYER("model", "sha256:" DIGEST) "]}");
    put(lib, "none", "{\"layers\":[" LAYER("license", "sha256:" DIGEST) "]}");
    put(lib, "two",
        "{\"layers\":[" LAYER("model", "sha256:" DIGEST) "," LAYER("model", "sha256:" DIGEST) "]}");
    put(lib, "up", "{\"layers\":[" LAYER("model", "sha256:../../../x") "]}");
    put(lib, "short", "{\"layers\":[" LAYER("model", "sha256:0011") "]}");
    put(lib, "list", "[]");
    put("store/manifests/registry.ollama.ai/me/m", "latest",
        "{\"layers\":[" LAYER("model", "sha256:" DIGEST) "]}");
    put("store/manifests/hf.co/o/m", "Q4", "{\"layers\":[" LAYER("model", "sha256:" DIGEST) "]}");
    setenv("OLLAMA_MODELS", t_path("store"), 1);
    refuses("ollama:m", POT_E_IO, "download it again: ollama pull m");
    put("store/blobs", "sha256-" DIGEST, "GGUF");
    leads("ollama:m", t_path("store/blobs/sha256-" DIGEST));
    leads("ollama:m:8b", t_path("store/blobs/sha256-" DIGEST));
    leads("ollama:me/m", t_path("store/blobs/sha256-" DIGEST));
    leads("ollama:hf.co/o/m:Q4", t_path("store/blobs/sha256-" DIGEST));
    refuses("ollama:n", POT_E_IO, "ollama pull n");
    refuses("ollama:m:none", POT_E_UNSUPPORTED, "no layer");
    refuses("ollama:m:two", POT_E_UNSUPPORTED, "second layer");
    refuses("ollama:m:up", POT_E_FORMAT, "digest");
    refuses("ollama:m:short", POT_E_FORMAT, "digest");
    refuses("ollama:m:list", POT_E_FORMAT, "");
    pot_model *model = NULL;
    pot_error err = {0};
    CHECK(pot_model_open(&model, "ollama:m", &err) != POT_OK && !model);
    CHECK(strstr(err.msg, "GGUF") ||
          strstr(err.msg, "cut short")); /* never a directory's trouble */
}

static void test_tokenizer(void)
{
    char got[4096];
    pot_error err = {0};
    put("model", "other", "");
    CHECK(pot_model_find_tokenizer(got, sizeof got, t_path("model"), &err) == POT_E_IO);
    CHECK(strstr(err.msg, "no tokenizer.json"));
    put("model", "one.gguf", "");
    CHECK(pot_model_find_tokenizer(got, sizeof got, t_path("model"), NULL) == POT_OK);
    CHECK(strcmp(got, t_path("model/one.gguf")) == 0);
    put("model", "two.gguf", "");
    CHECK(pot_model_find_tokenizer(got, sizeof got, t_path("model"), NULL) == POT_E_ARG);
    put("model", "tokenizer.model", "");
    CHECK(pot_model_find_tokenizer(got, sizeof got, t_path("model"), NULL) == POT_OK);
    CHECK(strcmp(got, t_path("model/tokenizer.model")) == 0);
    put("model", "tokenizer.json", "");
    CHECK(pot_model_find_tokenizer(got, sizeof got, t_path("model"), NULL) == POT_OK);
    CHECK(strcmp(got, t_path("model/tokenizer.json")) == 0);
    CHECK(pot_model_find_tokenizer(got, sizeof got, t_path("model/other"), NULL) == POT_OK);
    CHECK(pot_model_find_tokenizer(got, 5, t_path("model"), NULL) == POT_E_ARG);
}

int main(void)
{
    t_dir_open();
    test_paths();
    test_hf();
    test_places();
    setenv("HOME", t_dir, 1);
    test_names();
    test_ollama();
    test_tokenizer();
    CHECK(pot_mem_used() == 0);
    return 0;
}
