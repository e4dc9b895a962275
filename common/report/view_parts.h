/* What the two ways to a view share: from the events (view.c), from what stands (present.c). Of this room alone. */
#ifndef DUBAN_REPORT_VIEW_PARTS_H
#define DUBAN_REPORT_VIEW_PARTS_H

#include "common/report/view.h"

/* An empty view of the programme at the moment; *programme is left empty. */
void view_take_programme(struct view *view, struct programme *programme, const struct moment *moment);
/* The rules stored with a version of the plan; the shipped ones where it has none. */
enum error_code view_read_rules(struct pg *pg, int32_t programme, int32_t version, struct light_rules *out,
                                struct error *err);
/* Of each of plan->cells (heap). */
enum error_code view_cell_ids(struct pg *pg, int32_t programme, const struct plan *plan, int32_t **out,
                              struct error *err);
/* All events of all cells, and the cells judged by them. */
enum error_code view_judge(struct view *view, struct pg *pg, const int32_t *ids, struct error *err);
/* What is no cell: streams, files, positions, alerts, the desk. */
enum error_code view_read_around(struct view *view, struct pg *pg, struct error *err);

#endif
