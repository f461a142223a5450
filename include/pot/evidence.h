/* evidence.h - what a verification leaves behind, so that others can check it.
 *
 *     pot_evidence *e;
 *     s = pot_evidence_open(&e, v, "run", false, &err);   commitment is on the disk
 *     s = pot_verify_run(v, &err);                        a line per challenge
 *     s = pot_evidence_finish(&e, &err);                  or pot_evidence_abort(&e)
 *
 * The directory appears complete or not at all.  It holds
 *
 *     commitment.json   the document that was committed to before the first weight was read
 *     commitment.tag    HMAC-SHA256(key, commitment.json), hexadecimal
 *     transcript.ndjson a line per challenge: text, ids, scores as exact f32 bits
 *     trace.ndjson      a line per pass over a model: time, memory, bytes read
 *     verdict.json      the decision and its figures
 *     manifest.json     models, digests of all of these files, versions
 *     reveal.json       the key
 *
 * docs/format/ describes each. */
#ifndef POT_EVIDENCE_H
#define POT_EVIDENCE_H

#include <pot/text.h>
#include <pot/verify.h>

typedef struct pot_evidence pot_evidence;

/* Before pot_verify_run.  An existing directory is refused without `force`, and always when it
 * holds a file that no run wrote. */
POT_API POT_MUST_USE pot_status pot_evidence_open(pot_evidence **out, pot_verify *v,
                                                  const char *dir, bool force, pot_error *err);

/* After a run that ended well: write the rest and put the directory in its place.  Frees and
 * NULLs in every case; on failure nothing is left behind. */
POT_API POT_MUST_USE pot_status pot_evidence_finish(pot_evidence **e, pot_error *err);

/* After a run that was stopped or failed: keep what is done in DIR.partial, so that a later process
 * can go on.  Frees and NULLs in every case; where nothing could be kept, nothing is left. */
POT_API POT_MUST_USE pot_status pot_evidence_suspend(pot_evidence **e, pot_error *err);

/* Go on with the run that left DIR.partial: *v is opened with its models, key and rule, ready for
 * pot_verify_run, and *e as pot_evidence_open would give it.  Of *o only
 * compute (without its profile), progress and ctx count.  The caller closes *v, after *e is freed.
 * POT_E_FORMAT if the directory is not what that run left, or the models are others by now; it then
 * stays as it is.
 */
POT_API POT_MUST_USE pot_status pot_evidence_resume(pot_evidence **e, pot_verify **v,
                                                    const char *dir, const pot_verify_options *o,
                                                    bool force, pot_error *err);

/* Leave no trace, but what was there before a run that was resumed; NULL is allowed. */
POT_API void pot_evidence_abort(pot_evidence **e);

/* verdict.json, docs/format/verdict.md. */
POT_API POT_MUST_USE pot_status pot_verdict_json(pot_text *out, const pot_verdict *v,
                                                 const pot_commitment *c, pot_error *err);

/* What pot_challenges_check found. */
typedef struct {
    bool opens;       /* key and document give the tag                           */
    bool texts_match; /* every prompt is the beginning of the text that the key makes */
    unsigned n;       /* challenges in the transcript                            */
    char wrong[160];  /* the first thing that is not as it should be; "" if none */
} pot_challenges_found;

/* Do the challenges of a run directory follow from its commitment?  `corpus` is needed when
 * the run drew from one.  POT_OK also when they do not: look at *found, which says no to
 * everything on failure. */
POT_API POT_MUST_USE pot_status pot_challenges_check(pot_challenges_found *found, const char *dir,
                                                     const char *corpus, pot_error *err);

#endif
