/* Every command with its options: the one source of parsing, --help and the man page. */
#include "cli.h"

#include <stddef.h>

#define JSON                                                                                       \
    {                                                                                              \
        "--json", NULL, "print one JSON document on stdout, for programs"                          \
    }
#define KEY                                                                                        \
    {                                                                                              \
        "--key", "FILE", "take the key from FILE (see challenge new) instead of making one"        \
    }
#define RUN_ID                                                                                     \
    {                                                                                              \
        "--run-id", "HEX",                                                                         \
            "32 hexadecimal digits instead of random ones: the same key and id put "               \
            "the same challenges"                                                                  \
    }
#define MODE                                                                                       \
    {                                                                                              \
        "--mode", "MODE",                                                                          \
            "quick, audit (as it is) or extended: how sure, how fine, how many challenges"         \
    }
#define CORPUS                                                                                     \
    {                                                                                              \
        "--corpus", "FILE", "draw prompts from your own UTF-8 text instead of the five families"   \
    }
#define THREADS                                                                                    \
    {                                                                                              \
        "--threads", "N", "use N threads instead of one per processor; changes nothing but time"   \
    }
#define MEMORY                                                                                     \
    {                                                                                              \
        "--max-memory", "SIZE",                                                                    \
            "take at most SIZE bytes (K, M, G) instead of what is free: larger models come from "  \
            "the disk while they are used; changes nothing but time"                               \
    }
#define KERNEL                                                                                     \
    {                                                                                              \
        "--kernel", "NAME",                                                                        \
            "use at most ref, neon, avx2, avx512 or avx512bf16; changes nothing but time (also "   \
            "the "                                                                                 \
            "environment variable POT_KERNEL)"                                                     \
    }
#define PROFILE                                                                                    \
    {                                                                                              \
        "--profile", "NAME",                                                                       \
            "the numeric contract: pot-f32-1 (as it is), or pot-bf16-1, which rounds what "        \
            "matrices multiply to bfloat16: faster where the processor can, and other scores"      \
    }
#define ACCESS                                                                                     \
    {                                                                                              \
        "--access", "LEVEL",                                                                       \
            "name the relationship from no more than topk (the most probable tokens), "            \
            "distributions or weights (as it is); changes nothing else"                            \
    }
#define COMPUTE THREADS, KERNEL, PROFILE, MEMORY
#define CALIBRATE                                                                                  \
    {                                                                                              \
        "--calibrate", "[=REF]",                                                                   \
            "first put the reference against itself in the other numeric profile (with =REF "      \
            "against that copy of it, in another container): DIFFERENT must exceed what it "       \
            "differs from itself by"                                                               \
    }
#define FORCE                                                                                      \
    {                                                                                              \
        "-f", NULL, "replace what exists"                                                          \
    }
#define QUIET                                                                                      \
    {                                                                                              \
        "-q", NULL, "no talk and no progress on stderr"                                            \
    }
#define SPECIAL                                                                                    \
    {                                                                                              \
        "--no-special", NULL, "without the tokens that the tokenizer's template adds"              \
    }

static const option verify_options[] = {
    MODE,
    KEY,
    RUN_ID,
    CORPUS,
    {"--out", "DIR",
     "leave the evidence in DIR: commitment, transcript, verdict, manifest, reveal"},
    {"--resume", "DIR",
     "go on with a run that was interrupted: its --out, and neither models nor other options of "
     "it"},
    FORCE,
    {"--by-digest", NULL, "call two directories of equal files SAME without a challenge"},
    ACCESS,
    CALIBRATE,
    {"--details", NULL,
     "also say where in the prompts the two differ, and which challenges drive it"},
    COMPUTE,
    JSON,
    QUIET,
    {0}};
static const option fingerprint_options[] = {
    {"-o", "FILE", "write the reference into FILE, readable by you only"},
    MODE,
    KEY,
    RUN_ID,
    CORPUS,
    {"--challenges", "N", "put N challenges, in rounds of five, instead of the most of the mode"},
    {"--top-k", "K", "keep the K most probable tokens of each position instead of 64"},
    {"--tails", "N", "and the others in N classes that the key draws instead of 16"},
    {"--exact", NULL,
     "keep whole distributions: what the output head sees, and the head; much larger, and as good "
     "as the model"},
    FORCE,
    COMPUTE,
    JSON,
    QUIET,
    {0}};
static const option inspect_options[] = {
    {"--tensors", NULL, "a line for each tensor of the files: bytes, SHA-256, dtype, shape, name"},
    {"--no-hash", NULL, "do not read the weights: headers and small files only, in an instant"},
    THREADS,
    JSON,
    QUIET,
    {0}};
static const option tokenize_options[] = {SPECIAL, JSON, {0}};
static const option score_options[] = {
    {"--text", "TEXT", "score this text"},
    {"--file", "FILE", "score the text of FILE; - is stdin"},
    {"--ids", "IDS", "score these token ids, separated by commas: needs no tokenizer"},
    SPECIAL,
    COMPUTE,
    JSON,
    {0}};
static const option generate_options[] = {
    {"--prompt-file", "FILE", "the prompt is the text of FILE; - is stdin"},
    {"--prompts", "FILE", "each line of FILE is a prompt; - is stdin"},
    {"--ids", "IDS",
     "the prompt is these token ids, separated by commas; a semicolon begins another prompt"},
    SPECIAL,
    {"--max-tokens", "N", "write at most N tokens for each prompt instead of 64"},
    {"--temperature", "T",
     "draw by probabilities sharpened by T below 1, flattened above; 0: do not draw"},
    {"--top-p", "P", "draw from the most probable tokens that have P of the probability together"},
    {"--top-k", "K", "draw from the K most probable tokens"},
    {"--seed", "N", "draw by the numbers of N (else of 0): the same texts on any machine"},
    {"--stop", "TEXT", "end a text before TEXT"},
    {"--ignore-end", NULL, "go on behind the tokens that end a text"},
    THREADS,
    KERNEL,
    PROFILE,
    JSON,
    QUIET,
    {0}};
static const option bench_options[] = {
    {"--seconds", "S", "try each figure for S seconds instead of 0.5; the best try counts"},
    COMPUTE,
    JSON,
    QUIET,
    {0}};
static const option plan_options[] = {
    MODE,
    {"--tv", "MEAN", "the mean TV that is expected, from 0 to 1"},
    {"--cv", "C",
     "the variation of TV between challenges, standard deviation / mean, instead of 0.35"},
    {"--relationship", "NAME",
     "what was measured for NAME instead of --tv and --cv: IDENTICAL, QUANTIZED, FINE_TUNED, "
     "EXTENSIVE_FT, DISTILLED, SIMILAR, DIFFERENT_ARCH"},
    {"--routed", "SHARE",
     "this share of the challenges is answered by a model that shares no token"},
    {"--price", "P", "of one challenge"},
    {"--token-price", "P", "of a million tokens; a challenge has 62"},
    {"--tokens", "N", "of a challenge instead of 62"},
    {"--runs", "N", "simulate N runs of each mode instead of 2000"},
    {"--seed", "N", "simulate with seed N instead of 0"},
    THREADS,
    JSON,
    {0}};
static const option eval_options[] = {
    {"--simulate", NULL,
     "no models: the decision code on scores of known laws (docs/format/simulate.md)"},
    {"--mode", "MODE",
     "quick, audit or extended instead of what the suite says; with --simulate instead of all"},
    {"--runs", "N",
     "verify each pair with N keys instead of as many as the suite says; with --simulate N runs "
     "of each law instead of 20000"},
    {"--category", "NAME", "only pairs of this category; with --simulate only this law"},
    ACCESS,
    {"--seed", "TEXT",
     "derive the keys from TEXT instead of the suite's seed; with --simulate a number instead of "
     "0"},
    {"--baselines", NULL,
     "in the same tables what others would say: greedy texts, perplexities, digests and distance "
     "of "
     "weights, mean KLD"},
    {"--prompts", "N", "give the baselines N prompts instead of 100, at most 1000"},
    {"--cache", "DIR",
     "keep each run in DIR: the same call again is instant, and one that was broken off goes on"},
    {"--out", "DIR", "leave the tables in DIR as well: eval.json and eval.txt"},
    FORCE,
    COMPUTE,
    JSON,
    QUIET,
    {0}};
static const option new_options[] = {
    {"-o", "FILE", "write the key into FILE, readable by you only"}, FORCE, {0}};
static const option show_options[] = {KEY,
                                      RUN_ID,
                                      CORPUS,
                                      {"--from", "I", "begin with challenge I instead of 0"},
                                      {"--count", "N", "show N challenges instead of 5"},
                                      JSON,
                                      {0}};
static const option commit_options[] = {KEY,       RUN_ID,
                                        MODE,      CORPUS,
                                        PROFILE,   {"--by-digest", NULL, "as for verify"},
                                        CALIBRATE, {"-o", "FILE", "write the document into FILE"},
                                        FORCE,     JSON,
                                        {0}};
static const option reveal_options[] = {KEY, {0}};
static const option check_options[] = {CORPUS, JSON, {0}};
static const option help_options[] = {{"--man", NULL, "print the manual page pot(1)"}, {0}};

const command commands[] = {
    {"verify", "REF CAND", 0, 2, "are these two the same language model?",
     "Puts the same secret, pre-committed challenges to the model directories REF and CAND, "
     "measures how far "
     "their next-token distributions are apart, and stops as soon as the evidence is decisive at "
     "the error "
     "rate of the mode. Exit status: 0 SAME, 1 DIFFERENT, 3 UNDECIDED, 2 trouble.",
     verify_options, run_verify},
    {"fingerprint", "MODEL", 1, 1, "a reference that travels without its weights",
     "Puts the challenges of a secret key to MODEL and writes what it says into one file, with "
     "which "
     "pot verify FILE CAND can be run later and elsewhere, without the weights of MODEL. Prints "
     "what "
     "the file can claim. It holds the key: keep it from those who make candidates "
     "(docs/format/potref.md).",
     fingerprint_options, run_fingerprint},
    {"score", "MODEL", 1, 1, "log-probabilities of a text or of token ids",
     "Prints the natural log of the probability that the model gives each token after those before "
     "it, and "
     "the perplexity. Without --text, --file or --ids the text is read from stdin.",
     score_options, run_score},
    {"tokenize", "MODEL [TEXT]", 1, 2, "token ids, pieces and byte spans of a text",
     "MODEL is a model, or the path of a tokenizer.json or tokenizer.model. Without TEXT, or with "
     "-, the text is read "
     "from stdin. "
     "Columns: id, first byte, byte after the last, piece.",
     tokenize_options, run_tokenize},
    {"inspect", "MODEL", 1, 1, "architecture, sizes, encodings and digests of a model",
     "Shows what a model is made of, or what a reference file of pot fingerprint can claim. Unless "
     "--no-hash is given, every weight is read once: SHA-256 "
     "of "
     "the files, of each tensor, and of the values in a form that does not depend on the "
     "container; "
     "NaN and infinity are refused.",
     inspect_options, run_inspect},
    {"generate", "MODEL [PROMPT ...]", 1, MOST_WORDS, "continue texts, with log-probabilities",
     "Writes what the model says next: the most probable token each time, or with --temperature, "
     "--top-p, --top-k or --seed what is drawn by docs/format/generate.md. Without a prompt the "
     "text is "
     "read from stdin. One prompt is continued as the tokens come; several are printed in "
     "their order. The log-probabilities of --json equal those of score, bit by bit.",
     generate_options, run_generate},
    {"bench", "[MODEL]", 0, 1, "how fast is it here, and what is the limit?",
     "Measures this machine: multiply-adds, products of matrices, reading memory; and with MODEL "
     "opening, scoring, generation, peak memory, and reading its weights from the disk. Beside "
     "each figure stands the limit that the machine sets it. What could not be measured is -, "
     "with the reason (docs/format/bench.md).",
     bench_options, run_bench},
    {"plan", "", 0, 0, "how many challenges will it take, and can the mode decide?",
     "Runs the decision code on scores of the effect that is expected, and prints for each mode "
     "how many challenges it takes, what they cost, and how often it finds what is true within "
     "its most challenges (docs/format/plan.md). Exit status: 0 the mode finds it in 95 % of runs, "
     "3 it does not, 2 trouble.",
     plan_options, run_plan},
    {"eval", "[SUITE]", 0, 1, "error rates over pairs of models whose truth is known",
     "Verifies the pairs of SUITE (docs/format/suite.md) several times each, with keys that follow "
     "from its seed, and counts what was decided: wrong SAME, wrong DIFFERENT and UNDECIDED with "
     "intervals, challenges, seconds and relationships, by category (docs/format/eval.md). Exit "
     "status: 0 no decision is wrong, 1 some are, 2 trouble, or some runs failed. With --simulate "
     "1: "
     "an interval lies above its alpha.",
     eval_options, run_eval},
    {"challenge new", "", 0, 0, "make a secret key",
     "Takes 32 bytes from the system's generator. The key must stay secret until the run is over; "
     "a key whose "
     "run has been published is spent.",
     new_options, run_challenge_new},
    {"challenge show", "", 0, 0, "the challenges of a key and a run id",
     "Prints the texts that a run with this key and run id puts; a prompt is the beginning of its "
     "text.",
     show_options, run_challenge_show},
    {"challenge commit", "REF CAND", 2, 2, "the commitment of a run, before it",
     "Prints the tag that verify will commit to with the same key, run id and options: publish it, "
     "and run later. "
     "No weight is read.",
     commit_options, run_challenge_commit},
    {"challenge reveal", "DOCUMENT", 1, 1, "open a commitment",
     "Prints the reveal of the commitment in DOCUMENT (commitment.json): the key and the tag that "
     "it gives.",
     reveal_options, run_challenge_reveal},
    {"challenge check", "DIR", 1, 1, "do the challenges of a run follow from its commitment?",
     "Opens the commitment of the run directory DIR with its revealed key and makes every text "
     "again. Exit "
     "status: 0 they do, 1 they do not, 2 trouble.",
     check_options, run_challenge_check},
    {"help", "[COMMAND]", 0, 2, "this text, or that of a command", "", help_options, run_help},
    {0}};
