/* server.h - a serving at work within a verification.
 *
 *     pot_server *s;
 *     st = pot_server_open(&s, &serving, "path of the other model", v, &err);   an opened v
 *     st = pot_verify_run(v, &err);
 *     pot_server_close(&s);                                                     before v
 *
 * What it does follows from the run's key: the same run is served in the same way. */
#ifndef POT_EVAL_SERVER_H
#define POT_EVAL_SERVER_H

#include "eval/serving.h"
#include "verify/run.h"

typedef struct pot_server pot_server;

/* `other` is the model that answers where the candidate does not: its vocabulary must be that of
 * the candidate (POT_E_UNSUPPORTED).  Everything is borrowed until pot_server_close. */
POT_MUST_USE pot_status pot_server_open(pot_server **out, const pot_serving *s, const char *other,
                                        pot_verify *v, pot_error *err);
void pot_server_close(pot_server **s); /* NULL inside is allowed */

/* Challenges that the other model has answered so far. */
unsigned pot_server_routed(const pot_server *s);

#endif
