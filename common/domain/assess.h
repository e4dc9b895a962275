/* The assessment of one cell as of a day, from what was known at an instant (DOMAIN: planned value, state, flags,
 * light, roll-up, forecast). Pure: the same plan, rules and events give the same answer for ever. */
#ifndef DUBAN_DOMAIN_ASSESS_H
#define DUBAN_DOMAIN_ASSESS_H

#include "common/domain/ledger.h"
#include "common/domain/plan.h"

enum cell_state {
    STATE_NO_TASK,
    STATE_WORDS,
    STATE_HOLDING,
    STATE_FELL_BACK,
    STATE_DONE,
    STATE_AWAITING_FINAL,
    STATE_OVERDUE,
    STATE_NOT_STARTED,
    STATE_NO_FIGURE,
    STATE_NOT_REPORTED,
    STATE_UNDATED,
    STATE_BEHIND,
    STATE_ON_PLAN,
    STATE_NO_ROLLUP,
};
enum light { LIGHT_NONE, LIGHT_GREY, LIGHT_GREEN, LIGHT_BLUE, LIGHT_YELLOW, LIGHT_RED };
enum report_state {
    REPORT_NONE,
    REPORT_ON_TIME,
    REPORT_LATE,
    REPORT_UNCHANGED,
    REPORT_MISSING,
    REPORT_BACK_FILLED,
};
enum forecast_refusal {
    FORECAST_GIVEN,
    FORECAST_DONE,
    FORECAST_KIND,
    FORECAST_NO_FIGURE,
    FORECAST_SMALL_GOAL,
    FORECAST_SILENCE,
    FORECAST_FEW_POINTS,
    FORECAST_ROLLUP,
};

struct forecast {
    enum forecast_refusal refused;
    unsigned n;                   /* usable points */
    struct day median, low, high; /* 80 % */
    unsigned level;               /* per cent, nominal: 80 */
};

struct light_rules; /* thresholds and order, from the rules file: rules.h */

/* Everything `duban status` prints of a cell. Decimals are exact; has_… false = null. */
struct assessment {
    bool has_value;
    struct figure figure; /* as reported (numerator and denominator kept) */
    struct decimal value; /* the comparable value; a quotient is cut away from the goal */
    char value_text[32];  /* as printed (DOMAIN: rounding) */
    struct day figure_as_of;
    struct instant figure_known_at;
    size_t figure_event; /* NO_INDEX for roll-ups */
    bool has_planned, has_planned_original;
    struct decimal planned, planned_original; /* at the figure's as-of day, rounded half up to 2 */
    bool has_deviation;
    int32_t deviation_tenths; /* points × 10, minus = behind; cut toward zero */
    bool has_units_behind;
    struct decimal units_behind;
    bool has_days_behind;
    int32_t days_behind;
    struct day due, due_original;
    enum cell_state state;
    struct day overdue_since;
    int32_t days_overdue; /* 0 = not overdue */
    bool has_missing;
    struct decimal missing; /* what is short of the goal */
    enum light light;       /* shown: the office's own word (override) until its end, else computed_light */
    struct day light_since;
    enum light proposed; /* LIGHT_RED while a red waits for release; else = light */
    enum light computed_light;       /* what would be shown without an override: alerts look at this one */
    const char *rule;                /* that decided the computed light ("points_30", "overdue", …); of `rules` or static */
    const struct light_rules *rules; /* it was judged by; borrowed */
    unsigned reports;                /* standing figures with a value */
    bool overridden;
    struct slice override_by, override_reason; /* borrowed from the events */
    struct day override_until;                 /* its last day */
    enum report_state report_state;
    struct period report_period; /* of report_state; first = DAY_NONE when null */
    bool due_soon_30, due_soon_7, node_missed, extended, share_changed, made_good, held, two_sources, on_behalf,
        denominator_differs, late, back_filled, assumed_from, stale_parts;
    struct figure held_from, held_to; /* with `held` */
    bool has_older;                   /* the newest word is a figure for an older day, and the light changed with it */
    struct day older_as_of;
    struct instant older_known_at;
    struct forecast forecast;
    struct instant next_check; /* the next instant at which anything could change with no new event; > now */
    /* roll-ups */
    unsigned counties_in, counties_expected;
    size_t *unfinished; /* areas; owned by the assessment */
    size_t unfinished_count;
    size_t *stale; /* areas whose part is stale */
    size_t stale_count;
};

struct assess_context {
    const struct plan *plan;
    const struct light_rules *rules; /* NULL = the shipped ones */
    struct instant known_at;         /* events known before it count: pass now + 1 ms to see this instant's own */
    struct day as_of; /* figures as of it or before count; today = the earlier of this and known_at's day */
};

/* Scratch memory, reused from call to call: one per thread. It keeps the periods of the plan it saw last: when a plan
 * is destroyed, destroy its scratch too. */
struct assess_scratch;
struct assess_scratch *assess_scratch_create(void);
void assess_scratch_destroy(struct assess_scratch **scratch);

/* events: all of this cell, in commit order. out's own arrays are freed by assessment_finish. */
void assess_cell(const struct assess_context *context, const struct cell *cell, const struct cell_event *events,
                 size_t count, struct assess_scratch *scratch, struct assessment *out);

/* The city's roll-up from the assessments of the target's county cells, in plan order; decisions of the city's own
 * cell (releases) are its events. */
void assess_rollup(const struct assess_context *context, const struct cell *city, const struct assessment *counties,
                   size_t county_count, const struct cell_event *events, size_t count, struct assess_scratch *scratch,
                   struct assessment *out);
void assessment_finish(struct assessment *assessment);

/* The same from the counties' events (in plan order, the city's own cell left out), replayed: with light_since,
 * made_good, and a release that holds as long as its red does. assess_rollup alone knows today only: it leaves
 * light_since empty and lets a release free the red of the figures it saw, no later one. Some milliseconds a year of
 * seven counties. */
struct cell_events {
    const struct cell_event *events;
    size_t count;
};
void assess_city(const struct assess_context *context, const struct cell *city, const struct cell_events *counties,
                 size_t county_count, const struct cell_event *events, size_t count, struct assess_scratch *scratch,
                 struct assessment *out);

/* One sentence for people: why the light is what it is, with figures (Chinese). Returns the length written. */
size_t assess_why(const struct plan *plan, const struct cell *cell, const struct assessment *assessment, char *out,
                  size_t capacity);
/* The flags as the strings of `duban status --json` ("due_soon 30", "held 57→51", "stale_parts 510802,510811").
 * Calls `each` once per flag. */
void assess_flags(const struct plan *plan, const struct assessment *assessment,
                  void (*each)(const char *flag, void *arg), void *arg);

const char *cell_state_word(enum cell_state state);               /* "on_plan" */
const char *light_word(enum light light);                         /* "blue"; "none" */
const char *report_state_word(enum report_state state);           /* NULL for none */
const char *forecast_refusal_word(enum forecast_refusal refusal); /* NULL when given */
/* The other way; false: no such word (or NULL). */
bool cell_state_find(const char *word, enum cell_state *out);
bool light_find(const char *word, enum light *out);
bool report_state_find(const char *word, enum report_state *out);
bool forecast_refusal_find(const char *word, enum forecast_refusal *out);

#endif
