/* One file: what was taken of it and whether that still counts, what was held, what was refused and why, and whether
 * what was refused came again. The same story as `duban feeds FILE` tells, of the cells this scope sees. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/file_story.h"
#include "common/report/json.h"
#include "services/board/document_feeds.h"
#include "services/board/document_part.h"

/* --- what it stands on --- */

static bool is_of(const struct stream *stream, const struct view *view, size_t cell) {
    bool area = !stream->areas, task = !stream->tasks;
    for (size_t i = 0; !area && i < stream->area_count; i++)
        area = strcmp(stream->areas[i], view_area(view, cell)->code) == 0;
    for (size_t i = 0; !task && i < stream->task_count; i++)
        task = strcmp(stream->tasks[i], view_task(view, cell)->code) == 0;
    return area && task;
}

static enum error_code find_file(const struct facts *facts, const struct document_request *request,
                                 struct feed_files *out, struct error *err) {
    int64_t id;
    *out = (struct feed_files){0};
    if (!request->code || !file_id_parse(request->code, &id)) return ERROR_OK;
    return query_board_files(request->pg, facts->view.programme.id, facts->view.moment.known_at, id, 0, 1, out, err);
}

enum error_code file_gather(struct facts *facts, const struct document_request *request, struct error *err) {
    CLEAN(feed_files_finish) struct feed_files files = {0};
    size_t count = 0;
    enum error_code code = find_file(facts, request, &files, err);
    const struct stream *stream = files.count ? streams_by_id(&facts->view.streams, files.items[0].stream) : NULL;
    if (code || !stream) return code;
    AUTO_FREE size_t *cells = calloc(facts->view.plan->cell_count + 1, sizeof *cells);
    if (!cells) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < facts->view.plan->cell_count; i++)
        if (!facts->view.plan->cells[i].rollup && is_of(stream, &facts->view, i)) cells[count++] = i;
    return view_read_events(&facts->view, request->pg, cells, count, err);
}

/* --- telling it --- */

static void keep_seen(const struct sight *sight, struct file_figures *figures) {
    size_t kept = 0;
    for (size_t i = 0; i < figures->count; i++)
        if (sight_sees(sight, figures->items[i].cell)) figures->items[kept++] = figures->items[i];
    figures->count = kept;
}

static void name_figures(const struct sight *sight, const struct file_figures *figures, json_t *list) {
    for (size_t i = 0; i < figures->count; i++) {
        size_t cell = figures->items[i].cell;
        json_t *row = json_array_get(list, i);
        json_object_set_new(row, "target_name", json_string(view_target(sight->view, cell)->name));
        json_object_set_new(row, "area_name", json_string(view_area(sight->view, cell)->name));
    }
}

/* What the list of its refusals does not say. */
static json_t *remark(const struct feed_file *file, size_t listed) {
    bool whole = file->taken + file->unchanged + file->held == 0;
    if ((int64_t)listed >= file->refused) return json_null();
    if (whole) return json_string("整份没有收：改好后再导出一次，会重新收");
    return json_sprintf("这里只列前%d处，全部在县里的 rejected.csv", (int)listed);
}

static size_t place_of(const struct feed_files *files, int64_t id) {
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].id == id) return i;
    return NO_INDEX;
}

static json_t *tell(const struct sight *sight, const struct feed_files *files, size_t index,
                    const struct feed_receipt *receipt, struct error *err) {
    CLEAN(file_story_finish) struct file_story story = {
        .view = sight->view, .files = files, .index = index, .receipt = receipt};
    json_t *document = document_envelope(sight->facts, "feeds");
    if (!document || !file_story_tell(&story)) return document_failed(err, document);
    keep_seen(sight, &story.figures);
    json_t *file = file_story_json(&story);
    if (!file) return document_failed(err, document);
    name_figures(sight, &story.figures, json_object_get(file, "figures"));
    json_object_set_new(document, "file", file);
    json_object_set_new(document, "words",
                        remark(&files->items[index], json_array_size(json_object_get(file, "refusals"))));
    return document;
}

json_t *document_file(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                      struct error *err) {
    struct sight sight = sight_of(facts, scope);
    CLEAN(feed_files_finish) struct feed_files asked = {0}, files = {0};
    CLEAN(feed_receipt_finish) struct feed_receipt receipt = {0};
    const struct view *view = sight.view;
    if (find_file(facts, request, &asked, err)) return NULL;
    if (!asked.count || !scope_sees_stream(scope, view, asked.items[0].stream_name))
        return document_unknown(err, "file");
    if (query_board_stream_files(request->pg, view->programme.id, view->moment.known_at, asked.items[0].stream, &files,
                                 err) ||
        query_receipt(request->pg, &asked.items[0], &receipt, err))
        return NULL;
    size_t index = place_of(&files, asked.items[0].id);
    return index == NO_INDEX ? document_unknown(err, "file") : tell(&sight, &files, index, &receipt, err);
}
