/* duban contacts: the table of contacts as it is understood: who is reached how, who is not, which rooms are shared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/route.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "services/cli/moment.h"
#include "services/cli/programme_choice.h"

static const char *role_word(enum contact_role role) {
    switch (role) {
    case CONTACT_LIAISON:
        return "联络员";
    case CONTACT_IT:
        return "信息员";
    case CONTACT_LEAD:
        return "牵头单位";
    case CONTACT_OFFICE:
        return "办公室";
    }
    return "";
}

/* What follows a "?" of an address is often a key. */
static void address_words(const char *address, struct buffer *out) {
    const char *key = strchr(address, '?');
    buffer_add(out, address, key ? (size_t)(key - address) : strlen(address));
    if (key) buffer_add_text(out, "?…");
}

static void who_words(const struct plan *plan, const char *recipient, struct buffer *out) {
    char who[RECIPIENT_MAX];
    route_words(plan, recipient, who, sizeof who);
    buffer_add_text(out, *who ? who : recipient);
}

/* --- who should be reached by this plan and cannot --- */

struct unreached {
    char (*keys)[RECIPIENT_MAX];
    size_t count;
};

static void unreached_finish(struct unreached *unreached) {
    free(unreached->keys);
}

static void look_for(const struct plan *plan, const char *kind, const char *name, struct unreached *out) {
    char key[RECIPIENT_MAX];
    snprintf(key, sizeof key, "%s%s%s", kind, *name ? ":" : "", name);
    if (route_contacts(plan, key, NULL, 0)) return;
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->keys[i], key) == 0) return;
    snprintf(out->keys[out->count++], RECIPIENT_MAX, "%s", key);
}

static enum error_code find_unreached(const struct plan *plan, struct unreached *out, struct error *err) {
    size_t most = 1 + 2 * plan->area_count + plan->unit_count;
    out->keys = calloc(most, sizeof *out->keys);
    if (!out->keys) return error_set(err, ERROR_MEMORY, "out of memory");
    look_for(plan, "office", "", out);
    for (size_t i = 0; i < plan->area_count; i++) {
        if (plan->areas[i].city) continue;
        look_for(plan, "area", plan->areas[i].code, out);
        look_for(plan, "it", plan->areas[i].code, out);
    }
    for (size_t i = 0; i < plan->task_count; i++)
        for (size_t k = 0; k < plan->tasks[i].lead_count; k++)
            look_for(plan, "unit", plan->units[plan->tasks[i].leads[k]].name, out);
    return ERROR_OK;
}

/* --- rooms --- */

static bool same_room(const struct contact *a, const struct contact *b) {
    return strcmp(a->channel, b->channel) == 0 && strcmp(a->address, b->address) == 0;
}

/* The first contact of each room that several recipients share. */
static bool begins_room(const struct plan *plan, size_t index) {
    const struct contact *contact = &plan->contacts[index];
    for (size_t i = 0; i < index; i++)
        if (plan->contacts[i].shared && same_room(&plan->contacts[i], contact)) return false;
    return contact->shared;
}

static void room_words(const struct plan *plan, const struct contact *contact, struct buffer *out) {
    char room[RECIPIENT_MAX];
    route_room(contact, room, sizeof room);
    who_words(plan, room, out);
}

/* --- text --- */

static void add_contact(const struct plan *plan, const struct contact *contact, struct grid *grid) {
    CLEAN(buffer_finish) struct buffer address = {0}, fallback = {0}, who = {0};
    char key[RECIPIENT_MAX];
    route_recipient_of(plan, contact, key);
    who_words(plan, key, &who);
    address_words(contact->address, &address);
    if (*contact->fallback_address) address_words(contact->fallback_address, &fallback);
    grid_add(grid, buffer_text(&who));
    grid_add(grid, role_word(contact->role));
    grid_add(grid, contact->title);
    grid_add(grid, *contact->address ? contact->channel : "没有");
    grid_add(grid, buffer_text(&address));
    grid_addf(grid, "%s%s%s", fallback.len ? contact->fallback_channel : "", fallback.len ? " " : "",
              buffer_text(&fallback));
    grid_add(grid, contact->mention);
    grid_addf(grid, "%s%s%s", contact->shared ? "群" : "", contact->shared && contact->subscribes ? " " : "",
              contact->subscribes ? "订阅" : "");
}

static void print_rooms(const struct plan *plan, struct buffer *out) {
    for (size_t i = 0; i < plan->contact_count; i++) {
        if (!begins_room(plan, i)) continue;
        size_t count = 0;
        room_words(plan, &plan->contacts[i], out);
        buffer_add_text(out, "（几家合用，只发汇总，不发核定）：");
        for (size_t k = i; k < plan->contact_count; k++) {
            char key[RECIPIENT_MAX];
            if (!same_room(&plan->contacts[k], &plan->contacts[i])) continue;
            route_recipient_of(plan, &plan->contacts[k], key);
            if (count++) buffer_add_text(out, "、");
            who_words(plan, key, out);
        }
        buffer_add_text(out, "\n");
    }
}

static void print_contacts(const struct plan *plan, const struct unreached *unreached, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "谁"},
                                                 {.title = "角色"},
                                                 {.title = "称呼"},
                                                 {.title = "渠道"},
                                                 {.title = "地址", .max_width = 44},
                                                 {.title = "备用", .max_width = 36},
                                                 {.title = "提醒谁"},
                                                 {.title = ""}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < plan->contact_count; i++)
        add_contact(plan, &plan->contacts[i], &grid);
    if (grid_rows(&grid)) grid_print(&grid, "", out);
    print_rooms(plan, out);
    for (size_t i = 0; i < unreached->count; i++) {
        buffer_add_text(out, i ? "、" : "送不到（没有联系方式，转给办公室并注明）：");
        who_words(plan, unreached->keys[i], out);
    }
    buffer_printf(out, "%s联系人 %zu 行，送不到 %zu 家\n", unreached->count ? "\n" : "", plan->contact_count,
                  unreached->count);
}

/* --- JSON --- */

static json_t *text_of(struct buffer *words) {
    json_t *json = json_of_text(buffer_text(words));
    buffer_finish(words);
    return json;
}

static json_t *who_json(const struct plan *plan, const char *key) {
    struct buffer words = {0};
    who_words(plan, key, &words);
    return json_pack("{s:s, s:o}", "recipient", key, "words", text_of(&words));
}

static json_t *contact_json(const struct plan *plan, const struct contact *contact) {
    struct buffer address = {0}, fallback = {0};
    char key[RECIPIENT_MAX];
    route_recipient_of(plan, contact, key);
    address_words(contact->address, &address);
    address_words(contact->fallback_address, &fallback);
    json_t *json = who_json(plan, key);
    json_object_update_new(
        json, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b}", "role", role_word(contact->role), "title",
                        json_of_text(contact->title), "channel", json_of_text(contact->channel), "address",
                        text_of(&address), "fallback_channel", json_of_text(contact->fallback_channel),
                        "fallback_address", text_of(&fallback), "mention", json_of_text(contact->mention), "subscribes",
                        contact->subscribes, "shared", contact->shared, "reachable", *contact->address != '\0'));
    return json;
}

static json_t *rooms_json(const struct plan *plan) {
    json_t *rooms = json_array();
    for (size_t i = 0; i < plan->contact_count; i++) {
        if (!begins_room(plan, i)) continue;
        json_t *members = json_array();
        char room[RECIPIENT_MAX], key[RECIPIENT_MAX];
        route_room(&plan->contacts[i], room, sizeof room);
        for (size_t k = i; k < plan->contact_count; k++) {
            if (!same_room(&plan->contacts[k], &plan->contacts[i])) continue;
            route_recipient_of(plan, &plan->contacts[k], key);
            json_array_append_new(members, json_string(key));
        }
        json_array_append_new(rooms, json_pack("{s:s, s:o}", "room", room, "recipients", members));
    }
    return rooms;
}

static void print_contacts_json(const struct moment *moment, const struct plan *plan, const struct unreached *unreached,
                                struct buffer *out) {
    json_t *document = json_document(), *contacts = json_array(), *missing = json_array();
    for (size_t i = 0; i < plan->contact_count; i++)
        json_array_append_new(contacts, contact_json(plan, &plan->contacts[i]));
    for (size_t i = 0; i < unreached->count; i++)
        json_array_append_new(missing, who_json(plan, unreached->keys[i]));
    json_object_set_new(document, "as_of", json_of_day(moment->as_of));
    json_object_set_new(document, "known_at", json_of_instant(moment->known_at));
    json_object_set_new(document, "contacts", contacts);
    json_object_set_new(document, "rooms", rooms_json(plan));
    json_object_set_new(document, "unreachable", missing);
    json_print(document, out);
}

enum error_code command_contacts(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(programme_finish) struct programme programme = {0};
    CLEAN(stored_plan_finish) struct stored_plan stored = {0};
    CLEAN(unreached_finish) struct unreached unreached = {0};
    struct moment moment;
    enum error_code code = moment_resolve(args_value(cli->args, "as-of", NULL), args_value(cli->args, "known-at", NULL),
                                          cli->now, &moment, err);
    if (!code) code = cli_connect_reader(cli, &pg, err);
    if (!code) code = choose_programme(cli, pg, &programme, err);
    if (!code) code = stored_plan_read(pg, programme.id, moment.known_at, &stored, err);
    if (!code) code = find_unreached(stored.plan, &unreached, err);
    if (code) return code;
    if (args_has(cli->args, "json"))
        print_contacts_json(&moment, stored.plan, &unreached, &cli->out);
    else
        print_contacts(stored.plan, &unreached, &cli->out);
    return ERROR_OK;
}
