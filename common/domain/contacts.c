/* The table of contacts: whom a message about a county, a lead or the programme goes to. */
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/base/word.h"
#include "common/domain/plan_draft.h"
#include "common/domain/table.h"

static const char UNIT[] = "单位|unit", AREA[] = "县区|地区|area", ROLE[] = "角色|role", TITLE[] = "称呼|职务|title";
static const char CHANNEL[] = "渠道|channel", ADDRESS[] = "地址|address", NOTE[] = "备注|note";
static const char FALLBACK_CHANNEL[] = "备用渠道|fallback_channel", FALLBACK_ADDRESS[] = "备用地址|fallback_address";
static const char MENTION[] = "提醒谁|mention", SUBSCRIBES[] = "订阅|subscribes";

static const struct word roles[] = {
    {"联络员", CONTACT_LIAISON}, {"liaison", CONTACT_LIAISON}, {"信息员", CONTACT_IT},
    {"it", CONTACT_IT},          {"牵头", CONTACT_LEAD},       {"lead", CONTACT_LEAD},
    {"办公室", CONTACT_OFFICE},  {"office", CONTACT_OFFICE},   {NULL, 0},
};
enum channel { CHANNEL_WEBHOOK, CHANNEL_EMAIL, CHANNEL_LOG, CHANNEL_DECLARED };
static const struct word channels[] = {
    {"webhook", CHANNEL_WEBHOOK},   {"email", CHANNEL_EMAIL},       {"log", CHANNEL_LOG},
    {"wecom", CHANNEL_DECLARED},    {"dingtalk", CHANNEL_DECLARED}, {"feishu", CHANNEL_DECLARED},
    {"zmq", CHANNEL_DECLARED},      {"command", CHANNEL_DECLARED},  {NULL, 0},
};
#define CHANNEL_WORDS "webhook, email, log, wecom, dingtalk, feishu, zmq or command"
enum { SUBSCRIBES_NO, SUBSCRIBES_YES };
static const struct word yes_no[] = {
    {"是", SUBSCRIBES_YES}, {"yes", SUBSCRIBES_YES}, {"否", SUBSCRIBES_NO}, {"no", SUBSCRIBES_NO}, {NULL, 0}};

struct contact_reader {
    struct plan_draft *draft;
    struct table *table;
    size_t unit, area, role, title, channel, address, note, fallback_channel, fallback_address, mention, subscribes;
};

static bool is_office(const struct plan *plan, struct table_cell cell) {
    return cell.len && text_equal_loose(cell.text, cell.len, plan->office_name, strlen(plan->office_name));
}

enum { FIELD_BYTES_MAX = 500 };

static const char *keep(struct contact_reader *r, struct table_cell cell) {
    return arena_text(r->draft->arena, cell.text, cell.len);
}

/* What goes into a request, a mail's envelope or a line on a screen: one short line. */
static const char *keep_line(struct contact_reader *r, struct table_cell cell) {
    if (cell.len > FIELD_BYTES_MAX)
        table_wrong(r->table, cell, "“%.40s…” is longer than %d bytes; is it in the right column?", cell.text,
                    FIELD_BYTES_MAX);
    else if (text_has_control(cell.text, cell.len))
        table_wrong(r->table, cell, "a line break, tab or other control character; write it as one plain line");
    return keep(r, cell);
}

static void read_role(struct contact_reader *r, const struct table_row *row, struct contact *contact) {
    struct table_cell cell = table_at(row, r->role);
    int role = CONTACT_LIAISON;
    if (is_office(r->draft->plan, cell))
        role = CONTACT_OFFICE;
    else if (!word_find(roles, cell.text, cell.len, &role)) {
        const char *nearest = word_nearest(roles, cell.text);
        table_wrong(r->table, cell, "“%.40s” is no role; write 联络员, 信息员, 牵头 or 办公室%s", cell.text,
                    suggest(nearest).text);
    }
    contact->role = (enum contact_role)role;
}

/* What is written as the plan writes it is meant, even if it looks like something else, too. */
static size_t area_of(const struct plan *plan, struct table_cell cell) {
    struct slice text = {cell.text, cell.len};
    size_t written = plan_area_written(plan, text);
    return written != NO_INDEX ? written : plan_area_named(plan, text, DAY_NONE, NULL);
}

static void read_whose(struct contact_reader *r, const struct table_row *row, struct contact *contact) {
    struct plan *plan = r->draft->plan;
    struct table_cell unit = table_at(row, r->unit), area = table_at(row, r->area);
    contact->unit = contact->area = NO_INDEX;
    if (unit.len && !is_office(plan, unit)) {
        contact->unit = plan_find_unit(plan, (struct slice){unit.text, unit.len});
        if (contact->unit == NO_INDEX)
            table_wrong(r->table, unit, "“%.90s” is no unit of the plan%s", unit.text,
                        suggest(plan_nearest_unit(plan, unit.text)).text);
    }
    if (area.len) {
        contact->area = area_of(plan, area);
        if (contact->area == NO_INDEX)
            table_wrong(r->table, area, "“%.60s” is no area of the plan%s", area.text,
                        suggest(plan_nearest_area(plan, area.text)).text);
    }
    if ((contact->role == CONTACT_LIAISON || contact->role == CONTACT_IT) && !area.len && !unit.len)
        table_wrong(r->table, area, "whose contact is this? fill in 县区 or 单位");
    if (contact->role == CONTACT_LEAD && !unit.len) table_wrong(r->table, unit, "a lead's contact needs its 单位");
}

/* "13800138000", "+86 138 0013 8000": a person's own number is no desk's address. */
static bool is_mobile(const char *text) {
    char digits[16];
    size_t count = 0;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9') {
            if (count == sizeof digits) return false;
            digits[count++] = *text;
        } else if (!strchr(" +-", *text)) {
            return false;
        }
    }
    const char *own = count == 13 && digits[0] == '8' && digits[1] == '6' ? digits + 2 : digits;
    return own + 11 == digits + count && own[0] == '1' && own[1] >= '3';
}

static bool is_declared_name(const char *text) {
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return len > 0 && len <= 32 && text[len] == '\0';
}

static void check_address(struct contact_reader *r, int kind, struct table_cell channel, struct table_cell address) {
    if (!address.len) return;
    const char *at = strchr(address.text, '@');
    if (is_mobile(address.text))
        table_wrong(r->table, address, "“%.40s” looks like a person's own mobile number; write a desk's address "
                    "(a robot of a room, a shared mail box, the name of a gateway)", address.text);
    else if (kind == CHANNEL_WEBHOOK && strncmp(address.text, "http://", 7) != 0 &&
             strncmp(address.text, "https://", 8) != 0)
        table_wrong(r->table, address, "“%.90s” is no address of a webhook; it begins with https:// or http://",
                    address.text);
    else if (kind == CHANNEL_EMAIL && (!at || at == address.text || !at[1] || strpbrk(address.text, " <>\r\n,;")))
        table_wrong(r->table, address, "“%.90s” is no e-mail address", address.text);
    else if (kind == CHANNEL_DECLARED && !is_declared_name(address.text))
        table_wrong(r->table, address,
                    "“%.60s” is no name of a %.20s channel; write the name that the alerter's configuration declares "
                    "(a-z, 0-9, -; at most 32)", address.text, channel.text);
}

/* A channel and its address, wherever they stand in the row. */
static void read_way(struct contact_reader *r, const struct table_row *row, size_t channel_at, size_t address_at,
                     const char *what, const char **channel_out, const char **address_out) {
    struct table_cell channel = table_at(row, channel_at), address = table_at(row, address_at);
    int kind;
    *channel_out = keep_line(r, channel);
    *address_out = keep_line(r, address);
    if (channel.len == 0) {
        if (address.len) table_wrong(r->table, channel, "an address without its %s; write " CHANNEL_WORDS, what);
        return; /* no working channel: lint says so, and the office gets the message, marked */
    }
    if (!word_find(channels, channel.text, channel.len, &kind))
        table_wrong(r->table, channel, "“%.40s” is no channel; write " CHANNEL_WORDS "%s", channel.text,
                    suggest(word_nearest(channels, channel.text)).text);
    else
        check_address(r, kind, channel, address);
}

static void read_subscription(struct contact_reader *r, const struct table_row *row, struct contact *contact) {
    struct table_cell cell = table_at(row, r->subscribes);
    int answer = SUBSCRIBES_NO;
    if (!cell.len) return;
    if (!word_find(yes_no, cell.text, cell.len, &answer))
        table_wrong(r->table, cell, "“%.40s” under 订阅; write 是 or leave it empty", cell.text);
    contact->subscribes = answer == SUBSCRIBES_YES;
    if (contact->subscribes && contact->unit == NO_INDEX)
        table_wrong(r->table, cell, "订阅 is for a 单位 that takes part in tasks of others; this row names none");
}

static void read_channels(struct contact_reader *r, const struct table_row *row, struct contact *contact) {
    read_way(r, row, r->channel, r->address, "渠道", &contact->channel, &contact->address);
    read_way(r, row, r->fallback_channel, r->fallback_address, "备用渠道", &contact->fallback_channel,
             &contact->fallback_address);
    struct table_cell fallback = table_at(row, r->fallback_channel);
    if (fallback.len && !*contact->fallback_address)
        table_wrong(r->table, fallback, "a 备用渠道 without its 备用地址");
    contact->mention = keep_line(r, table_at(row, r->mention));
    read_subscription(r, row, contact);
}

static void read_contact(struct contact_reader *r, const struct table_row *row) {
    struct plan *plan = r->draft->plan;
    struct contact contact = {0};
    if (!table_at(row, r->role).len && !table_at(row, r->channel).len) return; /* a line for people under the table */
    read_role(r, row, &contact);
    read_whose(r, row, &contact);
    read_channels(r, row, &contact);
    contact.title = keep_line(r, table_at(row, r->title));
    contact.note = keep(r, table_at(row, r->note));
    plan->contacts[plan->contact_count++] = contact;
}

/* --- rooms --- */

static int compare_ways(const void *a, const void *b) {
    const struct contact *first = *(const struct contact *const *)a, *second = *(const struct contact *const *)b;
    int order = strcmp(first->channel, second->channel);
    return order ? order : strcmp(first->address, second->address);
}

/* A liaison and a lead of one unit are one recipient; its IT desk is another. */
static bool same_recipient(const struct contact *a, const struct contact *b) {
    bool it = a->role == CONTACT_IT, office = a->role == CONTACT_OFFICE;
    return a->area == b->area && a->unit == b->unit && it == (b->role == CONTACT_IT) &&
           office == (b->role == CONTACT_OFFICE);
}

static void mark_shared(struct plan_draft *draft) {
    struct plan *plan = draft->plan;
    struct contact **order = arena_array(draft->arena, plan->contact_count, sizeof(struct contact *));
    if (!order) return;
    for (size_t i = 0; i < plan->contact_count; i++) order[i] = &plan->contacts[i];
    qsort(order, plan->contact_count, sizeof(struct contact *), compare_ways);
    for (size_t from = 0, n; from < plan->contact_count; from += n) {
        bool shared = false;
        for (n = 1; from + n < plan->contact_count && compare_ways(&order[from], &order[from + n]) == 0; n++)
            shared = shared || !same_recipient(order[from], order[from + n]);
        for (size_t i = 0; i < n; i++) order[from + i]->shared = shared && *order[from + i]->address;
    }
}

/* What route_contacts would find, kept where thousands of notices ask for it. */
static void mark_reachable(struct plan *plan, const struct contact *contact) {
    if (!*contact->channel || !*contact->address) return;
    bool it = contact->role == CONTACT_IT;
    if (contact->area != NO_INDEX && contact->unit == NO_INDEX && (it || contact->role == CONTACT_LIAISON)) {
        struct area *area = &plan->areas[contact->area];
        *(it ? &area->it_reachable : &area->reachable) = true;
    } else if (contact->unit != NO_INDEX && contact->area == NO_INDEX && contact->role != CONTACT_OFFICE) {
        struct unit *unit = &plan->units[contact->unit];
        *(it ? &unit->it_reachable : &unit->reachable) = true;
        unit->subscribes = unit->subscribes || contact->subscribes;
    }
}

void draft_read_contacts(struct plan_draft *draft, const char *name, struct slice bytes) {
    static const char *const needed[] = {ROLE, CHANNEL, ADDRESS};
    struct plan *plan = draft->plan;
    CLEAN(table_finish) struct table table;
    if (!table_read(&table, name, bytes, draft->findings)) return;
    size_t header = table_header(&table, needed, 3);
    if (header == SIZE_MAX) return;
    const struct table_row *row = &table.rows[header];
    struct contact_reader r = {draft,
                               &table,
                               table_column(row, UNIT),
                               table_column(row, AREA),
                               table_column(row, ROLE),
                               table_column(row, TITLE),
                               table_column(row, CHANNEL),
                               table_column(row, ADDRESS),
                               table_column(row, NOTE),
                               table_column(row, FALLBACK_CHANNEL),
                               table_column(row, FALLBACK_ADDRESS),
                               table_column(row, MENTION),
                               table_column(row, SUBSCRIBES)};
    struct contact *contacts = arena_array(draft->arena, plan->contact_count + table.row_count, sizeof *contacts);
    if (!contacts) return;
    if (plan->contact_count) memcpy(contacts, plan->contacts, plan->contact_count * sizeof *contacts);
    plan->contacts = contacts;
    for (size_t i = header + 1; i < table.row_count; i++)
        read_contact(&r, &table.rows[i]);
    mark_shared(draft);
    for (size_t i = 0; i < plan->contact_count; i++) mark_reachable(plan, &plan->contacts[i]);
}
