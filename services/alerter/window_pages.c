/* Who gets what: recipients' own pages, and rooms. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/alerter/window.h"

static const char *text_or_null(const char *text) {
    return text && *text ? text : NULL;
}

static void add_way(struct window_page *page, const struct contact *contact) {
    for (size_t i = 0; i < page->way_count; i++)
        if (strcmp(page->ways[i].channel, contact->channel) == 0 && strcmp(page->ways[i].address, contact->address) == 0)
            return;
    if (page->way_count == WINDOW_WAYS_MAX) return;
    const char *fallback = text_or_null(contact->fallback_address);
    page->ways[page->way_count++] =
        (struct outbox_delivery){.channel = contact->channel,
                                 .address = contact->address,
                                 .mention = text_or_null(contact->mention),
                                 .fallback_channel = fallback ? contact->fallback_channel : NULL,
                                 .fallback_address = fallback};
}

static void add_log(struct window_page *page) {
    if (page->way_count < WINDOW_WAYS_MAX)
        page->ways[page->way_count++] = (struct outbox_delivery){.channel = "log", .address = "office"};
}

/* One notice on one page: before they are gathered. */
struct placed {
    const char *page; /* key */
    const struct waiting_notice *notice;
};
struct sheet { /* a page in the making */
    char key[WINDOW_KEY_MAX];
    struct window_page page;
};
struct making {
    struct sheet **sheets; /* heap each: keys are lent to `placed` */
    size_t sheet_count, sheet_capacity;
    struct placed *placed;
    size_t placed_count, placed_capacity;
    bool failed;
};

static void making_finish(struct making *making) {
    for (size_t i = 0; i < making->sheet_count; i++) free(making->sheets[i]);
    free(making->sheets);
    free(making->placed);
}

static bool room_for(void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return true;
    size_t wanted = *capacity ? 2 * *capacity : 64;
    void *grown = reallocarray(*items, wanted, size);
    if (!grown) return false;
    *items = grown;
    *capacity = wanted;
    return true;
}

static struct sheet *new_sheet(struct making *making, const char *key, bool room) {
    void *items = making->sheets;
    bool fits = room_for(&items, making->sheet_count, &making->sheet_capacity, sizeof *making->sheets);
    making->sheets = items;
    struct sheet *sheet = fits ? calloc(1, sizeof *sheet) : NULL;
    if (!sheet) {
        making->failed = true;
        return NULL;
    }
    strncpy(sheet->key, key, sizeof sheet->key - 1);
    sheet->page.room = room;
    making->sheets[making->sheet_count++] = sheet;
    return sheet;
}

/* Rooms are few, and members of one stand together in the table. */
static struct sheet *sheet_of_room(struct making *making, const char *key) {
    for (size_t i = making->sheet_count; i-- > 0;)
        if (making->sheets[i]->page.room && strcmp(making->sheets[i]->key, key) == 0) return making->sheets[i];
    return new_sheet(making, key, true);
}

static void place(struct making *making, const struct sheet *sheet, const struct waiting_notice *notice) {
    void *items = making->placed;
    if (!room_for(&items, making->placed_count, &making->placed_capacity, sizeof *making->placed)) making->failed = true;
    making->placed = items;
    if (!making->failed) making->placed[making->placed_count++] = (struct placed){sheet->key, notice};
}

/* What failed on the office's only way is told on another. */
static bool is_failing(const struct window_view *view, const struct window_page *page) {
    bool failing = false;
    for (size_t i = 0; i < view->failures.count; i++) {
        const struct message_failure *failure = &view->failures.items[i];
        failing = failing || (failure->undelivered && page->way_count == 1 &&
                              strcmp(failure->channel, page->ways[0].channel) == 0 &&
                              strcmp(failure->address, page->ways[0].address) == 0);
    }
    return failing;
}

/* The office is never without a channel of its own: at the least its log has what no room may read. */
static void make_own(const struct window_view *view, struct making *making, const char *recipient,
                     const struct contact *const *contacts, size_t contact_count,
                     const struct waiting_notice *const *notices, size_t count) {
    bool office = strcmp(recipient, "office") == 0, any = office;
    for (size_t i = 0; i < contact_count; i++) any = any || !contacts[i]->shared;
    struct sheet *sheet = any ? new_sheet(making, recipient, false) : NULL;
    if (!sheet) return;
    for (size_t i = 0; i < contact_count; i++)
        if (!contacts[i]->shared) add_way(&sheet->page, contacts[i]);
    for (size_t i = 0; i < count; i++) place(making, sheet, notices[i]);
    if (office && (sheet->page.way_count == 0 || is_failing(view, &sheet->page))) add_log(&sheet->page);
}

static void make_rooms(struct making *making, const struct contact *const *contacts, size_t contact_count,
                       const struct waiting_notice *const *notices, size_t count) {
    for (size_t i = 0; i < contact_count; i++) {
        char key[WINDOW_KEY_MAX];
        if (!contacts[i]->shared) continue;
        bool known = false; /* two contacts of one recipient in one room */
        for (size_t k = 0; k < i && !known; k++)
            known = contacts[k]->shared && strcmp(contacts[k]->channel, contacts[i]->channel) == 0 &&
                    strcmp(contacts[k]->address, contacts[i]->address) == 0;
        struct sheet *sheet = NULL;
        for (size_t n = 0; n < count && !known; n++) {
            if (route_is_private(notices[n]->rule, notices[n]->step) || *notices[n]->meant_for) continue;
            if (!sheet) {
                route_room(contacts[i], key, sizeof key);
                if (!(sheet = sheet_of_room(making, key))) return;
                add_way(&sheet->page, contacts[i]);
            }
            place(making, sheet, notices[n]);
        }
    }
}

static int compare_sheets(const void *a, const void *b) {
    return strcmp((*(const struct sheet *const *)a)->key, (*(const struct sheet *const *)b)->key);
}
static int compare_placed(const void *a, const void *b) {
    const struct placed *first = a, *second = b;
    int order = first->page == second->page ? 0 : strcmp(first->page, second->page);
    if (order) return order;
    const struct waiting_notice *x = first->notice, *y = second->notice;
    if (x->alert != y->alert) return x->alert < y->alert ? -1 : 1;
    if ((order = strcmp(x->recipient, y->recipient))) return order;
    return (x->id > y->id) - (x->id < y->id);
}

static enum error_code gather(struct making *making, struct window_pages *out, struct error *err) {
    if (making->sheet_count) qsort(making->sheets, making->sheet_count, sizeof *making->sheets, compare_sheets);
    if (making->placed_count) qsort(making->placed, making->placed_count, sizeof *making->placed, compare_placed);
    out->items = calloc(making->sheet_count + 1, sizeof *out->items);
    out->notices = calloc(making->placed_count + 1, sizeof *out->notices);
    if (!out->items || !out->notices || making->failed)
        return error_set(err, ERROR_MEMORY, "out of memory for %zu notices", making->placed_count);
    for (size_t i = 0; i < making->placed_count; i++) out->notices[i] = making->placed[i].notice;
    for (size_t s = 0, from = 0; s < making->sheet_count; s++) {
        struct window_page *page = &out->items[out->count++];
        *page = making->sheets[s]->page;
        memcpy(page->recipient, making->sheets[s]->key, sizeof page->recipient);
        page->notices = out->notices + from;
        while (from < making->placed_count && making->placed[from].page == making->sheets[s]->key) {
            page->count++;
            from++;
        }
    }
    return ERROR_OK;
}

static void make_recipient(const struct window_view *view, struct making *making, const char *recipient,
                           const struct waiting_notice *const *notices, size_t count) {
    const struct contact *contacts[WINDOW_WAYS_MAX];
    size_t found = route_contacts(view->docket->plan, recipient, contacts, WINDOW_WAYS_MAX);
    if (found > WINDOW_WAYS_MAX) found = WINDOW_WAYS_MAX;
    make_own(view, making, recipient, contacts, found, notices, count);
    make_rooms(making, contacts, found, notices, count);
}

enum error_code window_pages_make(const struct window_view *view, const struct waiting_notice *const *said, size_t count,
                                  bool office, struct window_pages *out, struct error *err) {
    CLEAN(making_finish) struct making making = {0};
    *out = (struct window_pages){0};
    for (size_t from = 0, n; from < count; from += n) {
        for (n = 1; from + n < count && strcmp(said[from + n]->recipient, said[from]->recipient) == 0;) n++;
        office = office && strcmp(said[from]->recipient, "office") != 0;
        make_recipient(view, &making, said[from]->recipient, said + from, n);
    }
    if (office) make_recipient(view, &making, "office", NULL, 0);
    return gather(&making, out, err);
}

void window_pages_finish(struct window_pages *pages) {
    free(pages->items);
    free(pages->notices);
    *pages = (struct window_pages){0};
}
