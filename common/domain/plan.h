/* The plan: one programme's areas, units, tasks, targets, allocation, nodes, calendar and contacts, read from the texts
 * an office keeps (a YAML file and CSV tables) and checked as a whole.
 *
 * A plan is read once, then never changed; everything in it is owned by the plan and lives until plan_destroy.
 * Texts are UTF-8 NFC with a final NUL. Indexes (size_t) point into the plan's own arrays; NO_INDEX = none.
 * Pure: bytes come in as arguments, no file is opened here. */
#ifndef DUBAN_DOMAIN_PLAN_H
#define DUBAN_DOMAIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/domain/calendar.h"
#include "proto/day.h"
#include "proto/decimal.h"
#include "proto/event.h"

#define NO_INDEX ((size_t)-1)

enum target_kind {
    KIND_CUMULATIVE, /* running total since the start, never an increment */
    KIND_LATEST,     /* a level */
    KIND_RATIO,      /* numerator over denominator; averages too */
    KIND_PER_ENTITY, /* how many of n entities have it */
    KIND_MILESTONE,  /* done or not */
    KIND_HOLD,       /* reach and stay, never closed */
    KIND_BASELINE,   /* against a declared baseline per county */
    KIND_ACTIVITY,   /* words only */
    KIND_PARAMETER,  /* carried and shown, never assessed */
};
enum comparator { AT_LEAST, AT_MOST, EXACTLY };
enum firmness { FIRM_HARD, FIRM_SOFT, FIRM_ASPIRE };
enum denominator_rule { DENOMINATOR_NONE, DENOMINATOR_DECLARED, DENOMINATOR_REPORTED };
enum reporter_rule { REPORTER_COUNTY, REPORTER_OFFICE, REPORTER_UNIT };

struct dated_alias {
    const char *name;
    struct day from, to; /* DAY_NONE = open */
};

struct area {
    const char *code, *name, *short_name;
    bool city; /* the programme's whole: its cells are roll-ups unless the plan reports for it */
    int tile_row, tile_column; /* -1 = none */
    struct dated_alias *aliases;
    size_t alias_count;
    bool reachable, it_reachable; /* its liaison, its IT desk: a contact with a working channel */
};

struct unit {
    const char *name, *short_name;
    const char **aliases;
    size_t alias_count;
    bool reachable, it_reachable;
    bool subscribes; /* hears of the tasks it takes part in, too */
};

struct group {
    const char *code, *name;
};

struct task {
    const char *code, *title, *note;
    unsigned number; /* 6 of "T06"; its place when the code has no number */
    size_t group;
    size_t *leads, *participants; /* units */
    size_t lead_count, participant_count;
    bool open_list, lead_confirmed;
    size_t first_target, target_count;
};

/* The newest row of the allocation for one target, kept so that its sum can be said in words. */
struct allocated {
    bool present;
    struct decimal shares, unallocated, city; /* sum of the counties' shares · not yet given out · the city's value */
    struct day effective;                     /* DAY_NONE = from the start */
    const char *document;
};

struct target {
    const char *code, *name, *short_name, *unit, *scope, *note;
    const char *denominator_name, *firmness_word; /* NULL = none */
    size_t task;
    enum target_kind kind;
    enum comparator comparator;
    bool has_value;
    struct decimal value; /* the whole city's */
    uint8_t decimals;
    bool counted; /* its things are whole (declared on cumulative targets) */
    enum denominator_rule denominator;
    bool percent; /* unit is % */
    bool has_opening;
    struct decimal opening; /* of a level; sums have theirs in the allocation */
    struct day from;
    bool from_assumed;      /* the programme's start stood in for it */
    struct day due;         /* DAY_NONE = undated */
    struct day due_original;
    enum firmness firmness;
    size_t parent; /* target it lies inside, never added to it; NO_INDEX */
    enum reporter_rule reporter;
    size_t reporter_unit; /* with REPORTER_UNIT */
    size_t *areas;        /* NULL = every county */
    size_t area_count;
    struct allocated allocated;
    size_t first_cell, cell_count; /* city first, then by area code */
};

struct node {
    struct day day;
    struct decimal value;
};

/* Target × area: what is owed there. A city cell with rollup = true is computed from the counties' cells. Which areas of
 * which kind have one, and with what goal, is said at the head of plan_cells.c. */
struct cell {
    size_t target, area;
    bool rollup;
    bool no_task; /* share or denominator 0 */
    bool has_goal;       /* false for milestones (done or not) and words */
    struct decimal goal; /* share · value · denominator (per_entity) · baseline */
    struct decimal goal_original;
    struct day goal_changed; /* known day of the newest change of share; DAY_NONE */
    bool has_opening;
    struct decimal opening;
    bool has_denominator;
    struct decimal denominator; /* declared */
    const struct node *nodes;
    size_t node_count;
    struct day due, due_original; /* of this cell, after the plan's revisions (decisions come as events) */
};

/* When a period's figures are owed (DOMAIN: reporting calendar). */
enum period_length { PERIOD_MONTH, PERIOD_QUARTER };

struct reporting {
    enum period_length period;
    unsigned closing_day; /* 1-28 of the following period's first month, moved to the next working day */
    struct day first_period; /* its first day */
    unsigned open_minute, close_minute; /* working hours, minutes after midnight */
    unsigned windows[4];                /* message windows, minutes after midnight */
    size_t window_count;
};

enum contact_role { CONTACT_LIAISON, CONTACT_IT, CONTACT_LEAD, CONTACT_OFFICE };
struct contact {
    size_t unit; /* NO_INDEX for a county's own people */
    size_t area; /* NO_INDEX for a unit of the city */
    enum contact_role role;
    /* channel: webhook, email, log (address: URL, mail box, a word) or wecom, dingtalk, feishu, zmq, command (address: the
     * name of a channel that the alerter's configuration declares). "" address = no working channel. */
    const char *title, *channel, *address, *note;
    const char *fallback_channel, *fallback_address; /* "" = none */
    const char *mention; /* whom the robot calls: userids or numbers, comma between; "" = nobody */
    bool subscribes;     /* the unit also hears of the tasks it takes part in */
    bool shared;         /* a room: contacts of another recipient have the same channel and address */
};

struct plan {
    const char *programme, *title, *version, *document;
    struct day start;
    struct area *areas;
    size_t area_count;
    size_t city; /* NO_INDEX = none */
    struct unit *units;
    size_t unit_count;
    struct group *groups;
    size_t group_count;
    struct task *tasks;
    size_t task_count;
    struct target *targets;
    size_t target_count;
    struct cell *cells; /* plan order, then city first, then area code */
    size_t cell_count;
    struct reporting reporting;
    struct calendar *calendar;
    struct contact *contacts;
    size_t contact_count;
    const char *office_name, *office_contact;
    bool has_allocation;
    void *arena; /* owns it all */
    struct plan_index *index; /* of what things are called; NULL = none: searched from end to end */
};

/* One of the texts a plan is made of. role: "plan" "allocation" "nodes" "denominators" "openings" "contacts" "calendar".
 * name is for places in findings ("guangyuan.yaml"). Bytes are borrowed during the call. */
struct plan_text {
    const char *role, *name;
    struct slice bytes;
};

/* Reads and checks. Findings get everything that is wrong with its place; *out is NULL when there is an error
 * among them (ERROR_INPUT). */
__attribute__((warn_unused_result)) enum error_code plan_read(const struct plan_text *texts, size_t count, struct plan **out,
                                                      struct findings *findings);
/* The same, as of the day of loading: of several dated rows of the allocation the newest one not after it counts
 * (plan_read: the newest of all). */
__attribute__((warn_unused_result)) enum error_code plan_read_on(const struct plan_text *texts, size_t count, struct day load_day,
                                                         struct plan **out, struct findings *findings);
void plan_destroy(struct plan **plan);

/* What can be loaded but should be known: undated targets, tasks without a measure, unconfirmed leads, aliases,
 * missing allocation, sums that differ ("T06.1 分解合计 480.0，市级 485.8，差 5.8"), counted missing. Warnings only. */
void plan_lint(const struct plan *plan, struct findings *findings);

/* Sets due_original, goal_original and goal_changed of `plan` from the versions loaded before it, oldest first;
 * loaded[i] is the day version i was loaded, loaded[count] that of `plan` itself. */
void plan_apply_history(struct plan *plan, const struct plan *const *older, const struct day *loaded, size_t count);

size_t plan_find_target(const struct plan *plan, struct slice code);
size_t plan_find_task(const struct plan *plan, struct slice code);
size_t plan_find_area(const struct plan *plan, struct slice code);
size_t plan_find_unit(const struct plan *plan, struct slice name); /* canonical name or alias */
size_t plan_find_cell(const struct plan *plan, size_t target, size_t area);

/* A target by code, full name or short name; an area by code, name, short name or an alias valid on `day`:
 * NO_INDEX when none or several match (*several tells which). Exact after normalising spaces and quotes, never fuzzy. */
size_t plan_target_named(const struct plan *plan, struct slice text, bool *several);
size_t plan_area_named(const struct plan *plan, struct slice text, struct day day, bool *several);

bool target_is_average(const struct target *target); /* ratio whose denominator is reported, or unit without % */
bool cell_is_counted(const struct plan *plan, const struct cell *cell); /* judged in whole units */
const char *target_kind_word(enum target_kind kind);   /* "cumulative" */
const char *comparator_word(enum comparator comparator); /* ">=" */
const char *firmness_word(enum firmness firmness);     /* "hard" */

#endif
