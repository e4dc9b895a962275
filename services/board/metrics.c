#include "services/board/metrics.h"

static void print(struct buffer *out, const char *name, const char *ending, const char *kind, const char *help,
                  long long value) {
    buffer_printf(out, "# HELP duban_board_%s%s %s\n# TYPE duban_board_%s%s %s\nduban_board_%s%s %lld\n", name, ending, help,
                  name, ending, kind, name, ending, value);
}

void metrics_print(const struct metrics *metrics, long long age_ms, struct buffer *out) {
#define METRICS_COUNTER(name, help) print(out, #name, "_total", "counter", help, atomic_load(&metrics->name));
#define METRICS_GAUGE(name, help) print(out, #name, "", "gauge", help, atomic_load(&metrics->name));
    METRICS_COUNTERS(METRICS_COUNTER)
    METRICS_GAUGES(METRICS_GAUGE)
#undef METRICS_COUNTER
#undef METRICS_GAUGE
    print(out, "snapshot_age_ms", "", "gauge", "milliseconds since the database was last read; -1 = not yet", age_ms);
}
