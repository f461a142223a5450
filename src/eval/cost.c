#define _DEFAULT_SOURCE /* getrusage */
#include "eval/cost.h"

#include "base/clock.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>

#define MOST_PACKAGES 16

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* The sum of Linux' energy counters of whole packages, in joules. */
static double energy(void)
{
    double sum = 0;
    unsigned found = 0;
    for (unsigned i = 0; i < MOST_PACKAGES; i++) {
        char path[64];
        double uj;
        snprintf(path, sizeof path, "/sys/class/powercap/intel-rapl:%u/energy_uj", i);
        FILE *f = fopen(path, "r");
        if (!f) break;
        const bool ok = fscanf(f, "%lf", &uj) == 1;
        fclose(f);
        if (!ok) return (double)NAN;
        sum += uj * 1e-6;
        found++;
    }
    return found ? sum : (double)NAN;
}

pot_cost pot_cost_now(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (pot_cost){pot_clock(), seconds_of(u.ru_utime) + seconds_of(u.ru_stime), energy()};
}

pot_cost pot_cost_since(pot_cost then)
{
    const pot_cost now = pot_cost_now();
    const double joules = now.joules - then.joules;
    return (pot_cost){now.seconds - then.seconds, now.cpu_seconds - then.cpu_seconds,
                      joules >= 0 ? joules : (double)NAN};
}
