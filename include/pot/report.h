/* report.h - results as text for people and as JSON for programs. */
#ifndef POT_REPORT_H
#define POT_REPORT_H

#include <pot/bench.h>
#include <pot/eval.h>
#include <pot/evidence.h>
#include <pot/generate.h>
#include <pot/plan.h>
#include <pot/reference.h>
#include <pot/simulate.h>
#include <pot/tokenizer.h>

/* The verdict with what it means and what it does not. */
POT_API POT_MUST_USE pot_status pot_report_verdict(pot_text *out, const pot_verdict *v,
                                                   const pot_commitment *c, pot_error *err);

/* Why: figures by quarter of the prompt, and the challenges that drive the result. */
POT_API POT_MUST_USE pot_status pot_report_details(pot_text *out, const pot_verdict *v,
                                                   pot_error *err);

/* A model: facts and digests; as text, a line for each tensor of the files with `tensors`.
 * `tokenizer` may be NULL. */
POT_API POT_MUST_USE pot_status pot_report_model(pot_text *out, const pot_model *m,
                                                 const pot_tokenizer *tokenizer, bool tensors,
                                                 bool json, pot_error *err);

/* A reference file: what is in it and what it can claim. */
POT_API POT_MUST_USE pot_status pot_report_reference(pot_text *out, const pot_reference_facts *f,
                                                     bool json, pot_error *err);

/* {"ids":[...],"pieces":[...],"spans":[[start,end],...]}, or a line per token. */
POT_API POT_MUST_USE pot_status pot_report_tokens(pot_text *out, const pot_tokenizer *t,
                                                  const pot_tokens *tokens, bool json,
                                                  pot_error *err);

/* {"ids":[...],"logprobs":[null,...],"perplexity":...}, or a line per token; pieces where
 * `t` is not NULL. */
POT_API POT_MUST_USE pot_status pot_report_scores(pot_text *out, const pot_tokenizer *t,
                                                  const uint32_t *id, const float *logprob,
                                                  size_t n, bool json, pot_error *err);

/* What a prompt was continued with: a line of JSON (docs/format/generate.md), or the text under its
 * number.  `text` may be NULL, as may `t`; then text has ids. */
POT_API POT_MUST_USE pot_status pot_report_completion(pot_text *out, const pot_tokenizer *t,
                                                      size_t number, const pot_prompt *prompt,
                                                      const pot_completion *c, const char *text,
                                                      size_t n, bool json, pot_error *err);

/* Figures with their limits, a line each; or a document (docs/format/bench.md). */
POT_API POT_MUST_USE pot_status pot_report_bench(pot_text *out, const pot_bench *b, bool json,
                                                 pot_error *err);

/* An evaluation: tables, or a document (docs/format/eval.md); and both as files of a directory that
 * appears complete or not at all. */
POT_API POT_MUST_USE pot_status pot_report_eval(pot_text *out, const pot_evaluation *r, bool json,
                                                pot_error *err);
POT_API POT_MUST_USE pot_status pot_report_eval_save(const pot_evaluation *r, const char *dir,
                                                     bool force, pot_error *err);

/* Laws, rates and rules, tables for each rule of decision; or a document
 * (docs/format/simulate.md). */
POT_API POT_MUST_USE pot_status pot_report_simulation(pot_text *out, const pot_simulation *s,
                                                      bool json, pot_error *err);

/* A plan: a line for each mode, and what it means for `mode`; or a document (docs/format/plan.md).
 * `price` of a challenge; 0: none. */
POT_API POT_MUST_USE pot_status pot_report_plan(pot_text *out, const pot_plan *p, pot_mode mode,
                                                double price, bool json, pot_error *err);

/* A challenge; JSON is one line. */
POT_API POT_MUST_USE pot_status pot_report_challenge(pot_text *out, const pot_challenge *c,
                                                     bool json, pot_error *err);

#endif
