#include "services/board/session.h"

#include <stdlib.h>
#include <string.h>

void sessions_finish(struct sessions *sessions) {
    free(sessions->accounts);
    free(sessions->items);
    *sessions = (struct sessions){0};
}

/* --- loading --- */

static bool put(char *out, size_t capacity, const char *text) {
    size_t len = strlen(text);
    if (len >= capacity) return false;
    memcpy(out, text, len + 1);
    return true;
}

static bool account_of(const struct account_row *row, struct account *out) {
    *out = (struct account){.id = row->id, .locked = instant_is(row->locked_at)};
    return role_parse(row->role, &out->role) && put(out->name, sizeof out->name, row->name) &&
           put(out->area, sizeof out->area, row->area) && put(out->unit, sizeof out->unit, row->unit) &&
           put(out->password, sizeof out->password, row->password);
}

static int by_id(const void *left, const void *right) {
    const struct account *one = left, *other = right;
    return (one->id > other->id) - (one->id < other->id);
}

static int by_hash(const void *left, const void *right) {
    const struct session *one = left, *other = right;
    return memcmp(one->hash, other->hash, TOKEN_HASH);
}

bool sessions_load(struct sessions *sessions, const struct account_rows *accounts, const struct session_rows *rows) {
    struct sessions new = {.accounts = calloc(accounts->count + 1, sizeof *new.accounts),
                           .items = calloc(rows->count + 1, sizeof *new.items),
                           .capacity = rows->count + 1,
                           .loaded = true};
    if (!new.accounts || !new.items) {
        sessions_finish(&new);
        return false;
    }
    for (size_t i = 0; i < accounts->count; i++)
        new.account_count += account_of(&accounts->items[i], &new.accounts[new.account_count]);
    qsort(new.accounts, new.account_count, sizeof *new.accounts, by_id);
    for (size_t i = 0; i < rows->count; i++) {
        const struct session_row *row = &rows->items[i];
        struct session *one = &new.items[new.count++];
        *one = (struct session){.id = row->id,
                                .account = row->account,
                                .begun_at = row->begun_at,
                                .seen_at = row->seen_at,
                                .saved_at = row->seen_at};
        memcpy(one->hash, row->hash, TOKEN_HASH);
        for (size_t k = 0; k < sessions->count; k++)
            if (sessions->items[k].id == one->id && sessions->items[k].seen_at.ms > one->seen_at.ms)
                one->seen_at = sessions->items[k].seen_at;
    }
    qsort(new.items, new.count, sizeof *new.items, by_hash);
    sessions_finish(sessions);
    *sessions = new;
    return true;
}

bool sessions_add(struct sessions *sessions, const struct session *session) {
    if (sessions->count == sessions->capacity) {
        size_t capacity = sessions->capacity * 2 + 8;
        struct session *grown = realloc(sessions->items, capacity * sizeof *grown);
        if (!grown) return false;
        sessions->items = grown;
        sessions->capacity = capacity;
    }
    size_t at = sessions->count;
    for (; at > 0 && by_hash(&sessions->items[at - 1], session) > 0; at--)
        sessions->items[at] = sessions->items[at - 1];
    sessions->items[at] = *session;
    sessions->count++;
    return true;
}

void sessions_drop(struct sessions *sessions, int64_t id) {
    for (size_t i = 0; i < sessions->count; i++) {
        if (sessions->items[i].id != id) continue;
        memmove(&sessions->items[i], &sessions->items[i + 1], (sessions->count - i - 1) * sizeof *sessions->items);
        sessions->count--;
        return;
    }
}

/* --- finding --- */

const struct account *sessions_account(const struct sessions *sessions, int64_t id) {
    struct account wanted = {.id = id};
    if (!sessions->account_count) return NULL;
    return bsearch(&wanted, sessions->accounts, sessions->account_count, sizeof wanted, by_id);
}

const struct account *sessions_named(const struct sessions *sessions, const char *name) {
    for (size_t i = 0; i < sessions->account_count; i++)
        if (strcmp(sessions->accounts[i].name, name) == 0) return &sessions->accounts[i];
    return NULL;
}

const char *session_over(const struct session *session, struct instant real) {
    if (real.ms - session->begun_at.ms >= SESSION_AGE_MS) return "age";
    if (real.ms - session->seen_at.ms >= SESSION_IDLE_MS) return "idle";
    return NULL;
}

static struct session *if_good(const struct sessions *sessions, struct session *session, struct instant real) {
    const struct account *account = session ? sessions_account(sessions, session->account) : NULL;
    return account && !account->locked && !session_over(session, real) ? session : NULL;
}

struct session *sessions_find(struct sessions *sessions, const uint8_t hash[TOKEN_HASH], struct instant real) {
    struct session wanted;
    memcpy(wanted.hash, hash, TOKEN_HASH);
    if (!sessions->count) return NULL;
    return if_good(sessions, bsearch(&wanted, sessions->items, sessions->count, sizeof wanted, by_hash), real);
}

struct session *sessions_by_id(struct sessions *sessions, int64_t id, struct instant real) {
    for (size_t i = 0; i < sessions->count; i++)
        if (sessions->items[i].id == id) return if_good(sessions, &sessions->items[i], real);
    return NULL;
}
