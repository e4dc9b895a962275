/* The inside of plan_read: what its rooms (the YAML file, the tables, the cells) hand to each other while a plan is
 * being made. Nothing outside common/domain/plan*.c, allocation.c and contacts.c includes this. */
#ifndef DUBAN_DOMAIN_PLAN_DRAFT_H
#define DUBAN_DOMAIN_PLAN_DRAFT_H

#include "common/base/yaml.h"
#include "common/domain/arena.h"
#include "common/domain/plan.h"

enum { CODE_BYTES_MAX = 24, SHORT_CHARS_MAX = 8, DECIMALS_MAX = 4 };

struct share {
    bool has;
    struct decimal value;
};
/* One row of a table with a column per area, or the `shares:` of a target. */
struct share_row {
    size_t target;
    struct day effective; /* DAY_NONE = from the start */
    bool has_city;
    struct decimal city, unallocated;
    const char *document, *place; /* place: of the row, for findings */
    struct share *shares;         /* one per area of the plan */
};
struct share_rows {
    struct share_row *items; /* by target, then effective day, once draft_order_shares has run */
    size_t count, capacity;
};
struct node_row {
    size_t target, area;
    struct node node;
    const char *place;
    size_t next; /* row of the same cell, + 1; 0 = the first that was read */
};

struct plan_draft {
    struct plan *plan;
    struct arena *arena;
    struct findings *findings;
    struct day load_day; /* DAY_NONE = the newest rows count */
    /* allocation gives goals; denominators give denominators and baselines; openings give openings */
    struct share_rows allocation, denominators, openings;
    struct node_row *nodes;
    size_t node_count, node_capacity;
    size_t *newest_nodes; /* of target × area: the row read last, + 1; NULL before the first */
};

void draft_read_yaml(struct plan_draft *draft, const char *name, struct slice bytes);
void draft_read_tasks(struct plan_draft *draft, struct yaml *doc, struct yaml_node *root);
void draft_read_shares(struct plan_draft *draft, struct share_rows *into, const char *name, struct slice bytes);
void draft_read_nodes(struct plan_draft *draft, const char *name, struct slice bytes);
void draft_read_contacts(struct plan_draft *draft, const char *name, struct slice bytes);
/* Adds a zeroed row with its shares; NULL when there is no memory. */
struct share_row *draft_add_share_row(struct plan_draft *draft, struct share_rows *rows, size_t target);
void draft_order_shares(struct plan_draft *draft);
/* The rows of a target: the one that counts on load day, or NULL. *first = the oldest; the rows between lie in a line.
 */
const struct share_row *draft_share_row(const struct plan_draft *draft, const struct share_rows *rows, size_t target,
                                        const struct share_row **first);
/* The rows of nodes of one cell, newest first; *row is 0 at the start, then a row + 1. */
const struct node_row *draft_next_node(const struct plan_draft *draft, size_t target, size_t area, size_t *row);
void draft_make_cells(struct plan_draft *draft);

/* The area written exactly as the plan writes its name, short name or code: NO_INDEX when none or several are. */
size_t plan_area_written(const struct plan *plan, struct slice text);

/* The name or alias nearest to `text` among units or areas, to be suggested; NULL. */
const char *plan_nearest_unit(const struct plan *plan, const char *text);
const char *plan_nearest_area(const struct plan *plan, const char *text);
const char *plan_nearest_target(const struct plan *plan, const char *code);
/* " (did you mean …?)" or "" */
struct suggestion {
    char text[160];
};
struct suggestion suggest(const char *nearest);

/* a + b; false when it does not fit. */
bool decimal_add_to(struct decimal *sum, struct decimal value);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);

#endif
