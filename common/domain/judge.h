/* The judgement of one cell at one instant: state, the light of its reports, the light computed from them (DOMAIN:
 * state, flags, light). Looks at a ledger and at the calendar; remembers nothing but the lights of reports already
 * judged. Pure. */
#ifndef DUBAN_DOMAIN_JUDGE_H
#define DUBAN_DOMAIN_JUDGE_H

#include "common/domain/almanac.h"
#include "common/domain/assess.h"
#include "common/domain/curve.h"
#include "common/domain/rules.h"

struct report_light {
    enum light light;
    const char *rule;
};

struct judge {
    const struct light_rules *rules;
    const struct almanac *almanac;
    struct measure measure;
    struct curve curve;      /* to the current due */
    struct day from, due;    /* due: DAY_NONE = undated */
    struct instant extended; /* reports known before it have no red; INT64_MIN = never */
    bool small;
    struct ledger *ledger;
    struct obligations obligations;
    /* lights of standing figures, as long as the ledger only grew at its end */
    struct report_light *lights;
    size_t lights_capacity, lights_known;
    struct exact best_pace; /* of the standing figures before `paced`; unknown without a pair */
    size_t paced;
    uint64_t lights_revision;
    bool failed;
};

struct verdict {
    enum cell_state state;
    enum light light; /* computed: red even before its release */
    const char *rule;
    size_t newest;   /* standing figure with a value; NO_INDEX */
    size_t decisive; /* the figure the state was judged on */
    bool met;
    ptrdiff_t finished; /* the period that finished the cell; PTRDIFF_MAX */
};

void judge_start(struct judge *judge, const struct almanac *almanac, const struct light_rules *rules,
                 const struct measure *measure, struct ledger *ledger);
/* A new due date (an extension): every report is judged anew. */
void judge_set_due(struct judge *judge, struct day due, struct instant extended);
void judge_finish(struct judge *judge);

/* today: the day on which it is looked at; now_ms: the instant by which closing days have passed or not. */
struct verdict judge_at(struct judge *judge, struct day today, int64_t now_ms);

/* Done, but later than due: as of a later day, and known after the closing day. */
bool judge_is_late_finish(const struct judge *judge, const struct verdict *verdict);
/* The standing figure a report's period ends with, before the period of `newest`; NO_INDEX. */
size_t judge_previous_report(const struct judge *judge, size_t newest);
/* A dated level without a curve: on plan until due, and judged then. */
bool judge_waits_for_due(const struct judge *judge);
struct report_light judge_report(struct judge *judge, size_t standing);

#endif
