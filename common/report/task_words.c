#include "common/report/task_words.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/store/event.h"

struct reading {
    const struct plan *plan;
    struct day as_of;
    struct task_words *words;
};

static void copy(struct slice from, char *to, size_t capacity) {
    size_t len = from.ptr ? text_cut_bytes(from.ptr, from.len, capacity - 1) : 0;
    if (len) memcpy(to, from.ptr, len);
    to[len] = '\0';
}

static bool take(void *context, const struct stored_event *stored) {
    struct reading *reading = context;
    const struct event *event = &stored->event;
    struct day day = day_is(event->as_of) ? event->as_of : instant_day(stored->known_at);
    size_t task = plan_find_task(reading->plan, event->target);
    if (task == NO_INDEX) {
        size_t target = plan_find_target(reading->plan, event->target);
        task = target == NO_INDEX ? NO_INDEX : reading->plan->targets[target].task;
    }
    if (task == NO_INDEX || day.n > reading->as_of.n || !event->note.len) return true;
    struct task_words *words = &reading->words[task];
    if (words->found && day.n < words->as_of.n) return true;
    words->found = true;
    words->as_of = day;
    copy(event->note, words->text, sizeof words->text);
    copy(event->reporter, words->reporter, sizeof words->reporter);
    return true;
}

enum error_code task_words_read(struct pg *pg, const struct view *view, struct task_words **out, struct error *err) {
    static const int32_t kinds[] = {EVENT_WORDS};
    *out = calloc(view->plan->task_count + 1, sizeof **out);
    if (!*out) return error_set(err, ERROR_MEMORY, "out of memory");
    struct reading reading = {view->plan, view->moment.as_of, *out};
    struct event_filter filter = {.programme = view->programme.id,
                                  .kinds = kinds,
                                  .kind_count = 1,
                                  .known_after = INSTANT_NONE,
                                  .known_until = view->moment.known_at};
    return events_each(pg, &filter, take, &reading, err);
}
