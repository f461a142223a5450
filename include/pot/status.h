/* status.h - what every fallible function returns, and what a comparison concludes.
 *
 * Two questions, two types.  pot_status says whether the work could be done;
 * pot_decision says what was found.  Zeroed memory is POT_UNDECIDED, so a struct that
 * was only cleared, or a function that failed early, never reads as agreement. */
#ifndef POT_STATUS_H
#define POT_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POT_API            __attribute__((visibility("default")))
#define POT_MUST_USE       __attribute__((warn_unused_result))
#define POT_PRINTF(at, va) __attribute__((format(printf, at, va)))

/* Could the work be done?  Grouped by what the caller can do about it. */
typedef enum {
    POT_OK = 0,
    POT_E_ARG,         /* the caller broke the contract of the call   */
    POT_E_NOMEM,       /* memory or the configured budget ran out     */
    POT_E_IO,          /* the system refused; see pot_error.sys       */
    POT_E_FORMAT,      /* untrusted input is malformed                */
    POT_E_UNSUPPORTED, /* well-formed, but not implemented here       */
    POT_E_REMOTE,      /* another machine failed or refused           */
    POT_E_STOPPED,     /* the caller asked to stop                    */
} pot_status;

/* What did the comparison find? */
typedef enum { POT_UNDECIDED = 0, POT_SAME, POT_DIFFERENT } pot_decision;

/* "UNDECIDED", "SAME" or "DIFFERENT". */
POT_API const char *pot_decision_name(pot_decision d);

/* The details of one failure, in the caller's storage.  Every fallible function takes a
 * pointer to one last (NULL is allowed); it is filled once, by the lowest level that
 * knows the file and the place, and is untouched on success. */
typedef struct {
    pot_status status;
    int sys;         /* errno, 0 if the system did not speak                     */
    uint64_t offset; /* byte in the file, POT_NO_OFFSET if unknown               */
    char file[256];  /* "" if none; a longer path keeps its end                  */
    char place[160]; /* JSON path, tensor name, option; "" if none               */
    char msg[320];   /* what was expected and what to do: one sentence           */
} pot_error;

#define POT_NO_OFFSET UINT64_MAX

/* Write "FILE: byte N: PLACE: sentence (system error)" into `out`, always terminated. */
POT_API void pot_error_text(const pot_error *err, char *out, size_t size);

/* Leave at once on failure.  Only where nothing is owned; else `goto out`. */
#define POT_TRY(expr)                                                                              \
    do {                                                                                           \
        const pot_status s_ = (expr);                                                              \
        if (s_ != POT_OK) return s_;                                                               \
    } while (0)

/* The same where something is owned: the function has one exit, the label `out`. */
#define POT_GO(s, expr)                                                                            \
    do {                                                                                           \
        (s) = (expr);                                                                              \
        if ((s) != POT_OK) goto out;                                                               \
    } while (0)

#endif
