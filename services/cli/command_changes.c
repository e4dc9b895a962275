/* duban changes: what moved since a day, or since the figures a circular was made of. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/changes.h"
#include "common/report/json.h"
#include "common/store/event.h"
#include "proto/more.h"
#include "services/cli/moment.h"
#include "services/cli/view_open.h"

struct freeze {
    const char *name;
    bool found;
    struct moment moment;
};

/* The newest freeze of the name. Its as-of day is the event's. */
static bool find_freeze(void *context, const struct stored_event *stored) {
    struct freeze *freeze = context;
    struct more more;
    if (more_decode(EVENT_FREEZE, stored->event.more, &more) == PROTO_OK && slice_is(more.freeze.name, freeze->name)) {
        freeze->found = true;
        freeze->moment =
            (struct moment){.as_of = day_is(stored->event.as_of) ? stored->event.as_of : instant_day(stored->known_at),
                            .known_at = stored->known_at,
                            .past = true};
    }
    return true;
}

static enum error_code moment_of_freeze(struct pg *pg, const struct view *view, const char *name, struct moment *out,
                                        struct error *err) {
    static const int32_t kinds[] = {EVENT_FREEZE};
    struct freeze freeze = {.name = name};
    struct event_filter filter = {.programme = view->programme.id,
                                  .kinds = kinds,
                                  .kind_count = 1,
                                  .known_after = INSTANT_NONE,
                                  .known_until = view->moment.known_at};
    enum error_code code = events_each(pg, &filter, find_freeze, &freeze, err);
    if (!code && !freeze.found) return error_set(err, ERROR_NOT_FOUND, "nothing was frozen under the name %s", name);
    *out = freeze.moment;
    return code;
}

static enum error_code find_since(struct cli *cli, struct pg *pg, const struct view *view, struct moment *out,
                                  struct error *err) {
    const char *since = args_value(cli->args, "since", NULL), *freeze = args_value(cli->args, "since-freeze", NULL);
    struct instant at;
    if (since && freeze) return error_set(err, ERROR_USAGE, "give --since or --since-freeze, not both");
    if (freeze) return moment_of_freeze(pg, view, freeze, out, err);
    if (!since) {
        *out = changes_last_workday(view);
        return ERROR_OK;
    }
    if (!moment_parse_since(since, &at))
        return error_set(err, ERROR_USAGE, "--since %s: give a day, like 2021-11-01", since);
    if (at.ms > view->moment.known_at.ms + 1)
        return error_set(err, ERROR_USAGE, "--since %s: that is later than the moment looked at", since);
    *out = (struct moment){.as_of = instant_day((struct instant){at.ms - 1}), .known_at = {at.ms - 1}, .past = true};
    return ERROR_OK;
}

/* What the changes are measured against, in the words it was asked for. */
static void print_since(const struct cli *cli, const struct moment *since, struct buffer *out) {
    const char *freeze = args_value(cli->args, "since-freeze", NULL), *given = args_value(cli->args, "since", NULL);
    char known[INSTANT_TEXT_MAX], as_of[DAY_TEXT_MAX];
    instant_print(since->known_at, known);
    day_print(since->as_of, as_of);
    if (freeze)
        buffer_printf(out, "定格“%s”（数据截至 %s，%.10s %.5s 所知）以来", freeze, as_of, known, known + 11);
    else if (given)
        buffer_printf(out, "%s 以来", given);
    else
        buffer_printf(out, "%s 之后", as_of);
}

static void print_changes(const struct cli *cli, const struct changes *changes, struct buffer *out) {
    print_since(cli, &changes->since, out);
    buffer_printf(out, "的变化 %zu   ▲变好 ▼变差\n", changes->count);
    for (size_t i = 0; i < changes->count; i++) {
        buffer_add_text(out, "  ");
        change_words(changes, &changes->items[i], out);
        buffer_add_char(out, '\n');
    }
}

enum error_code command_changes(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(changes_finish) struct changes changes = {0};
    struct moment since;
    enum error_code code = cli_connect_reader(cli, &pg, err);
    if (!code) code = view_open(cli, pg, &view, err);
    if (!code) code = find_since(cli, pg, &view, &since, err);
    if (!code && args_has(cli->args, "since-freeze") && since.as_of.n < view.moment.as_of.n) {
        /* what became of the figures of the circular: the same day, as known now */
        view.moment.as_of = since.as_of;
        view_cells_free(&view, &view.cells);
        view.cells = view_cells_at(&view, &view.moment);
        code = view.cells ? ERROR_OK : error_set(err, ERROR_MEMORY, "out of memory");
    }
    if (code) return code;
    if (!changes_make(&view, &since, true, &changes)) return error_set(err, ERROR_MEMORY, "out of memory");
    if (!args_has(cli->args, "json")) {
        print_changes(cli, &changes, &cli->out);
        return ERROR_OK;
    }
    json_t *document = json_document();
    json_object_set_new(document, "as_of", json_of_day(view.moment.as_of));
    json_object_set_new(document, "known_at", json_of_instant(view.moment.known_at));
    json_object_set_new(document, "since_as_of", json_of_day(since.as_of));
    json_object_set_new(document, "since", json_of_instant(since.known_at));
    json_object_set_new(document, "changes", changes_json(&changes));
    json_print(document, &cli->out);
    return ERROR_OK;
}
