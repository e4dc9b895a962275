/* What the documents share beside sight and silence: refusals, cells as rows of a list, pages, names. */
#ifndef DUBAN_BOARD_DOCUMENT_PART_H
#define DUBAN_BOARD_DOCUMENT_PART_H

#include "services/board/document_silence.h"

/* ERROR_NOT_FOUND with the field's name as the place; NULL for `return document_unknown(…)`. Unknown and not this
 * scope's are said in the same words. */
json_t *document_unknown(struct error *err, const char *field);
json_t *document_wrong(struct error *err, const char *field, const char *message); /* ERROR_USAGE */
json_t *document_failed(struct error *err, json_t *document);                       /* frees it; out of memory */

size_t document_limit(const struct document_request *request);

/* A cell as `duban status --json` prints it, as this scope may see it. */
json_t *sight_cell_json(struct sight *sight, size_t cell);
/* The same as a row of a list: + "lamp","stale","target_name","target_short","area_name","area_short","task","task_no",
 * "task_title","leads","flag_words","state_word","done_words","due_words","undated_why","rank". */
json_t *sight_row_json(struct sight *sight, size_t cell, size_t rank);

/* Some cells, worst first. */
struct cell_list {
    size_t *items; /* heap */
    size_t count;
};
typedef bool cell_choice(const struct sight *sight, size_t cell, size_t wanted);
/* Those the scope sees among cells [first, first + count) that `takes` takes, without those of no task. false: no
 * memory. */
bool cell_list_make(struct sight *sight, size_t first, size_t count, cell_choice *takes, size_t wanted,
                    struct cell_list *out);
void cell_list_finish(struct cell_list *list);
struct counts cell_list_counts(struct sight *sight, const struct cell_list *list);
/* Sets "cells", "cells_total" and "next" of a document: the page after request->after ("T06.1/510823"). false: that
 * is no cell of the list (ERROR_USAGE is set). */
bool cell_list_page(struct sight *sight, const struct cell_list *list, const struct document_request *request,
                    const char *path, json_t *document, struct error *err);

/* Which of the list the page shows, [*from, *until), and its next link (a new reference). */
bool cell_list_window(struct sight *sight, const struct cell_list *list, const struct document_request *request,
                      const char *path, size_t *from, size_t *until, json_t **next, struct error *err);

json_t *units_json(const struct plan *plan, const size_t *units, size_t count); /* their names */
/* Sets "code","no","title","group","leads","lead_confirmed","participants","open_list","note","targets" of a task. */
json_t *task_head_json(const struct plan *plan, size_t task);
/* "code","name","short","city","tile" */
json_t *area_head_json(const struct plan *plan, size_t area);
/* A target's head with its city's cell, for a task's list. */
json_t *target_summary_json(struct sight *sight, size_t target);
/* A path segment or value with what a URL does not carry escaped. */
void url_add(struct buffer *out, const char *text);

#endif
