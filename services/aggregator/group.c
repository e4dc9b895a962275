#include "services/aggregator/group.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"

enum { SETTLE_MS = 60000 }; /* a file's batches are assessed together: a cell is looked at a minute after */

static void free_entries(struct ingest_group *group) {
    for (size_t i = 0; i < group->entry_count; i++) free(group->entries[i]);
    group->entry_count = 0;
}

void group_begin(struct ingest_group *group, uint32_t number, struct instant known_at) {
    free_entries(group);
    group->number = number;
    group->known_at = known_at;
    group->current_count = 0;
    group->events = 0;
    group->failed = false;
    ingest_begin(&group->ingest, known_at);
}

void group_catch_up(struct ingest_group *group, struct instant now) {
    if (group->events > 0 || now.ms <= group->known_at.ms) return;
    group->known_at = group->ingest.known_at = now;
}

void group_finish(struct ingest_group *group) {
    free_entries(group);
    free(group->entries);
    free(group->currents);
    ingest_finish(&group->ingest);
    *group = (struct ingest_group){0};
}

bool group_is_empty(const struct ingest_group *group) {
    return group->entry_count == 0;
}

struct group_entry *group_find(const struct ingest_group *group, int32_t stream) {
    for (size_t i = group->entry_count; i-- > 0;)
        if (group->entries[i]->stream == stream) return group->entries[i];
    return NULL;
}

static bool room(void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return true;
    size_t more = *capacity ? *capacity * 2 : 64;
    void *grown = reallocarray(*items, more, size);
    if (!grown) return false;
    *items = grown;
    *capacity = more;
    return true;
}

struct group_entry *group_add(struct ingest_group *group, int32_t stream) {
    void *items = group->entries;
    bool fits = room(&items, group->entry_count, &group->entry_capacity, sizeof *group->entries);
    group->entries = items;
    struct group_entry *entry = fits ? calloc(1, sizeof *entry) : NULL;
    if (!entry) {
        group->failed = true;
        return NULL;
    }
    entry->stream = stream;
    group->entries[group->entry_count++] = entry;
    return entry;
}

/* --- what an event touches --- */

static void set_current(struct ingest_group *group, struct programme_view *programme, const struct checked *checked, int32_t log,
                        uint64_t seq) {
    struct cell_mark *mark = &programme->marks[checked->cell];
    const struct event *event = &checked->event;
    if ((event->kind != EVENT_FIGURE && event->kind != EVENT_CORRECTION) || event->figure.form == FIGURE_NONE) return;
    if (mark->current != group->number) {
        void *items = group->currents;
        bool fits = room(&items, group->current_count, &group->current_capacity, sizeof *group->currents);
        group->currents = items;
        if (!fits) {
            group->failed = true;
            return;
        }
        mark->current = group->number;
        mark->slot = (uint32_t)group->current_count++;
    }
    group->currents[mark->slot] = (struct ingest_current){programme->cell_ids[checked->cell], event->as_of, event->figure, log,
                                                          (int64_t)seq};
}

static void wake_cells(struct ingest_group *group, struct programme_view *programme, const struct checked *checked) {
    struct instant later = {group->known_at.ms + SETTLE_MS};
    struct cell_mark *mark = &programme->marks[checked->cell];
    if (mark->woken == group->number) return;
    mark->woken = group->number;
    ingest_put_wake_cell(&group->ingest, programme->cell_ids[checked->cell], later);
    int32_t city = programme->city_cells[checked->of];
    size_t first = programme->plan->targets[checked->of].first_cell;
    if (!city || city == programme->cell_ids[checked->cell]) return;
    struct cell_mark *city_mark = &programme->marks[first]; /* one mark a target is enough: that of its first cell */
    if (city_mark->city_woken == group->number) return;
    city_mark->city_woken = group->number;
    ingest_put_wake_cell(&group->ingest, city, later);
}

/* --- receipts --- */

/* JSON by hand: three texts without control characters, each. */
static void add_json_text(struct buffer *out, struct slice text) {
    if (!text.ptr) {
        buffer_add_text(out, "null");
        return;
    }
    buffer_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') buffer_add_char(out, '\\');
        buffer_add_char(out, text.ptr[i]);
    }
    buffer_add_char(out, '"');
}

/* What people say and decide concerns more than a cell: answers are matched to what they answer, a mute holds a whole
 * area, go-live the programme. The alerter looks at the stream that brought it. */
static void wake_stream(struct ingest_group *group, struct group_entry *entry, int32_t stream) {
    if (entry->stream_woken) return;
    entry->stream_woken = true;
    ingest_put_wake_stream(&group->ingest, stream, (struct instant){group->known_at.ms + SETTLE_MS});
}

static bool is_said(uint32_t kind) {
    return (kind >= EVENT_REPLY && kind <= EVENT_OBJECTION) || event_kind_is_decision(kind);
}

static void put_receipt(struct ingest_group *group, struct group_entry *entry, const struct stream *stream,
                        const struct checked *checked, int32_t log, uint64_t seq) {
    const struct event *event = &checked->event;
    struct buffer refusals = {0};
    buffer_add_char(&refusals, '[');
    for (uint32_t i = 0; i < checked->more.receipt.refusal_count && i < MORE_REFUSALS_MAX; i++) {
        const struct more_refusal *refusal = &checked->more.receipt.refusals[i];
        buffer_add_text(&refusals, i ? ",[" : "[");
        add_json_text(&refusals, refusal->place);
        buffer_add_char(&refusals, ',');
        add_json_text(&refusals, refusal->code);
        buffer_add_char(&refusals, ',');
        add_json_text(&refusals, refusal->text);
        buffer_add_char(&refusals, ']');
    }
    buffer_add_char(&refusals, ']');
    const struct ingest_receipt receipt = {
        .log = log, .stream = stream->id, .seq = (int64_t)seq, .reported_at = {event->reported_at_ms},
        .file = event->source.file, .feed = checked->more.receipt.feed, .period = checked->more.receipt.period,
        .hash = event->source.present ? event->source.hash : NULL, .taken = checked->more.receipt.taken,
        .unchanged = checked->more.receipt.unchanged, .held = checked->more.receipt.held,
        .refused = checked->more.receipt.refused, .refusals = {buffer_text(&refusals), refusals.len}};
    ingest_put_receipt(&group->ingest, &receipt);
    if (refusals.failed) group->failed = true;
    buffer_finish(&refusals);
    wake_stream(group, entry, stream->id);
}

/* --- a batch --- */

static void reject(struct ingest_group *group, struct group_entry *entry, const struct checked *checked, struct slice bytes,
                   int32_t log, uint64_t seq) {
    const struct quarantined row = {.log = log, .seq = (int64_t)seq, .known_at = group->known_at,
                                    .code = quarantine_name(checked->code), .field = event_field_name(checked->field),
                                    .hint = checked->hint, .raw = bytes};
    ingest_put_quarantine(&group->ingest, &row);
    entry->rejected_count++;
    if (entry->rejected_listed < MESSAGE_REJECTED_MAX)
        entry->rejected[entry->rejected_listed++] = (struct message_rejected){seq, (uint16_t)checked->code};
}

static void take_event(struct ingest_group *group, struct group_entry *entry, const struct group_batch *batch, struct slice bytes,
                       uint64_t seq) {
    struct checked checked;
    check_event(batch->programme, batch->stream, bytes, instant_day(group->known_at), &checked);
    if (checked.code) {
        reject(group, entry, &checked, bytes, batch->log, seq);
        return;
    }
    const struct stored_event stored = {.log = batch->log, .seq = (int64_t)seq, .known_at = group->known_at,
                                        .target = checked.target, .area = checked.area, .event = checked.event};
    ingest_put_event(&group->ingest, &stored);
    if (checked.cell != NO_INDEX && batch->programme->cell_ids[checked.cell]) {
        set_current(group, batch->programme, &checked, batch->log, seq);
        wake_cells(group, batch->programme, &checked);
    }
    if (checked.event.kind == EVENT_RECEIPT) put_receipt(group, entry, batch->stream, &checked, batch->log, seq);
    if (is_said(checked.event.kind)) wake_stream(group, entry, batch->stream->id);
}

void group_take(struct ingest_group *group, struct group_entry *entry, const struct group_batch *batch) {
    size_t count = (size_t)(batch->last_seq - batch->first_seq + 1);
    for (size_t i = 0; i < count; i++) take_event(group, entry, batch, batch->events[i], batch->first_seq + i);
    if (!entry->to_seq) {
        entry->log = batch->log;
        entry->gen = batch->gen;
        entry->from_seq = batch->first_seq - 1;
        memcpy(entry->key, batch->key, sizeof entry->key);
    }
    entry->to_seq = batch->last_seq;
    entry->head = batch->head;
    entry->answer = true;
    group->events += count;
    const struct ingest_batch row = {batch->log, batch->first_seq, batch->last_seq, batch->head};
    ingest_put_batch(&group->ingest, &row);
}

bool group_plan(struct ingest_group *group, const char *partition) {
    for (size_t i = 0; i < group->entry_count; i++) {
        struct group_entry *entry = group->entries[i];
        if (entry->to_seq) {
            const struct ingest_position position = {entry->log, entry->gen, entry->from_seq, entry->to_seq, entry->head,
                                                     entry->key};
            ingest_put_position(&group->ingest, &position);
        }
        if (entry->has_status) {
            entry->status.software = slice_of(entry->software[0] ? entry->software : NULL);
            ingest_put_status(&group->ingest, &entry->status);
        }
    }
    for (size_t i = 0; i < group->current_count; i++) ingest_put_current(&group->ingest, &group->currents[i]);
    return !group->failed && ingest_plan(&group->ingest, partition);
}
