/* Plans: what is true, power where the mode can decide and none where it cannot, the mode to take
 * instead, effects that there are not, and every allocation failing. */
#include "base/mem.h"
#include "t.h"

#include <math.h>
#include <string.h>

#include <pot/plan.h>
#include <pot/report.h>

static pot_error err;

static pot_plan plan(double tv, double cv, double routed)
{
    pot_plan p;
    const pot_plan_options o = {.effect = {tv, cv, routed}, .runs = 400, .threads = 2};
    if (pot_plan_make(&p, &o, &err) != POT_OK) fprintf(stderr, "%s\n", err.msg), exit(1);
    CHECK(p.runs == 400 && fabs(p.mean - (routed + (1 - routed) * tv)) < 1e-15);
    for (pot_mode m = 0; m < POT_MODES; m++) {
        const pot_planned *r = &p.row[m];
        CHECK(r->rule == pot_rule_of(m) && r->power.total == 400);
        CHECK(r->ends.same.count + r->ends.different.count + r->ends.undecided.count == 400);
        CHECK(r->ends.median <= r->rule->n_max && r->ends.median % 5 == 0);
        CHECK((r->ends.median == 0) == (r->ends.undecided.count > 200));
    }
    return p;
}

static void test_effects(void)
{
    const pot_plan equal = plan(0, 0, 0), far = plan(0.6, 0.35, 0), edge = plan(0.1, 0.35, 0);
    for (pot_mode m = 0; m < POT_MODES; m++) {
        CHECK(equal.row[m].expected == POT_SAME && equal.row[m].power.count == 400);
        CHECK(far.row[m].expected == POT_DIFFERENT && far.row[m].power.count == 400);
        CHECK(pot_plan_decides(&equal, m) && pot_plan_decides(&far, m));
    }
    CHECK(equal.row[POT_AUDIT].ends.median == 55 && far.row[POT_AUDIT].ends.median == 5);
    CHECK(edge.row[POT_AUDIT].expected == POT_UNDECIDED && !pot_plan_decides(&edge, POT_AUDIT));
    CHECK(edge.row[POT_QUICK].expected == POT_SAME);
    CHECK(edge.row[POT_EXTENDED].expected == POT_DIFFERENT);
}

/* 5 % routed: audit cannot tell, and there is another gamma that can be told. */
static void test_instead(void)
{
    const pot_plan p = plan(0, 0, 0.05), near = plan(0.085, 0.35, 0), equal = plan(0, 0, 0);
    CHECK(p.row[POT_AUDIT].expected == POT_SAME && !pot_plan_decides(&p, POT_AUDIT));
    CHECK(pot_plan_instead(&p, POT_AUDIT) == POT_MODES); /* nor quick, nor extended */
    CHECK(!pot_plan_decides(&near, POT_EXTENDED));
    CHECK(pot_plan_instead(&near, POT_EXTENDED) == POT_AUDIT); /* the surer of the two that can */
    CHECK(pot_plan_instead(&equal, POT_QUICK) == POT_EXTENDED);
}

static void test_relationships(void)
{
    pot_effect e;
    size_t n = 0;
    for (; pot_effect_name(n); n++)
        CHECK(pot_effect_of(&e, pot_effect_name(n)) && e.tv < 1 && e.routed == 0);
    CHECK(n == 7 && pot_effect_of(&e, "DISTILLED") && e.tv > 0.1);
    CHECK(!pot_effect_of(&e, "SCALE") && !pot_effect_of(&e, ""));
}

static void test_refused(void)
{
    static const pot_effect bad[] = {{-0.1, 0, 0},   {1.1, 0, 0},   {NAN, 0, 0},   {0.5, -1, 0},
                                     {0.5, 0.98, 0}, {0.1, 2.9, 0}, {0.1, NAN, 0}, {0.1, 0, -1},
                                     {0.1, 0, 1.01}, {0, 0, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pot_plan p = {.runs = 7};
        CHECK(pot_plan_make(&p, &(pot_plan_options){.effect = bad[i]}, &err) == POT_E_ARG);
        CHECK(p.runs == 7);
    }
}

static void test_memory(void)
{
    const pot_plan_options o = {.effect = {0.2, 0.5, 0.01}, .runs = 10, .threads = 2};
    pot_plan p = {0};
    unsigned failed = 0;
    for (uint64_t n = 1; n < 30; n++) {
        pot_mem_fail_at(n);
        const pot_status s = pot_plan_make(&p, &o, &err);
        pot_mem_fail_at(0);
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        failed += s != POT_OK;
        CHECK(pot_mem_used() == 0);
    }
    CHECK(failed > 5);
    pot_text text = {0};
    for (int json = 0; json < 2; json++) {
        CHECK(pot_report_plan(&text, &p, POT_QUICK, 0.5, json, &err) == POT_OK);
        CHECK(strstr(text.p, json ? "\"pot-plan-1\"" : "quick") && !strstr(text.p, "nan"));
        pot_text_free(&text);
    }
}

int main(void)
{
    test_effects();
    test_instead();
    test_relationships();
    test_refused();
    test_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
