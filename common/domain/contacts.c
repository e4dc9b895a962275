/* The table of contacts: whom a message about a county, a lead or the programme goes to. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/base/word.h"
#include "common/domain/plan_draft.h"
#include "common/domain/table.h"

static const char UNIT[] = "单位|unit", AREA[] = "县区|地区|area", ROLE[] = "角色|role", TITLE[] = "称呼|职务|title";
static const char CHANNEL[] = "渠道|channel", ADDRESS[] = "地址|address", NOTE[] = "备注|note";

static const struct word roles[] = {
    {"联络员", CONTACT_LIAISON}, {"liaison", CONTACT_LIAISON}, {"信息员", CONTACT_IT},
    {"it", CONTACT_IT},          {"牵头", CONTACT_LEAD},       {"lead", CONTACT_LEAD},
    {"办公室", CONTACT_OFFICE},  {"office", CONTACT_OFFICE},   {NULL, 0},
};
enum channel { CHANNEL_WEBHOOK, CHANNEL_EMAIL, CHANNEL_LOG };
static const struct word channels[] = {
    {"webhook", CHANNEL_WEBHOOK}, {"email", CHANNEL_EMAIL}, {"log", CHANNEL_LOG}, {NULL, 0}};

struct contact_reader {
    struct plan_draft *draft;
    struct table *table;
    size_t unit, area, role, title, channel, address, note;
};

static bool is_office(const struct plan *plan, struct table_cell cell) {
    return cell.len && text_equal_loose(cell.text, cell.len, plan->office_name, strlen(plan->office_name));
}

static const char *keep(struct contact_reader *r, struct table_cell cell) {
    return arena_text(r->draft->arena, cell.text, cell.len);
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
        contact->area = plan_area_named(plan, (struct slice){area.text, area.len}, DAY_NONE, NULL);
        if (contact->area == NO_INDEX)
            table_wrong(r->table, area, "“%.60s” is no area of the plan%s", area.text,
                        suggest(plan_nearest_area(plan, area.text)).text);
    }
    if ((contact->role == CONTACT_LIAISON || contact->role == CONTACT_IT) && !area.len && !unit.len)
        table_wrong(r->table, area, "whose contact is this? fill in 县区 or 单位");
    if (contact->role == CONTACT_LEAD && !unit.len) table_wrong(r->table, unit, "a lead's contact needs its 单位");
}

static void read_channel(struct contact_reader *r, const struct table_row *row, struct contact *contact) {
    struct table_cell channel = table_at(row, r->channel), address = table_at(row, r->address);
    int kind;
    contact->channel = keep(r, channel);
    contact->address = keep(r, address);
    if (channel.len == 0) {
        if (address.len) table_wrong(r->table, channel, "an address without its 渠道; write webhook, email or log");
        return; /* no working channel: lint says so, and the office gets the message, marked */
    }
    if (!word_find(channels, channel.text, channel.len, &kind)) {
        table_wrong(r->table, channel, "“%.40s” is no channel; write webhook, email or log%s", channel.text,
                    suggest(word_nearest(channels, channel.text)).text);
        return;
    }
    bool http = strncmp(address.text, "http://", 7) == 0 || strncmp(address.text, "https://", 8) == 0;
    const char *at = strchr(address.text, '@');
    if (kind == CHANNEL_WEBHOOK && address.len && !http)
        table_wrong(r->table, address, "“%.90s” is no address of a webhook; it begins with https:// or http://",
                    address.text);
    if (kind == CHANNEL_EMAIL && address.len &&
        (!at || at == address.text || !at[1] || strpbrk(address.text, " <>\r\n,;")))
        table_wrong(r->table, address, "“%.90s” is no e-mail address", address.text);
}

static void read_contact(struct contact_reader *r, const struct table_row *row) {
    struct plan *plan = r->draft->plan;
    struct contact contact = {0};
    if (!table_at(row, r->role).len && !table_at(row, r->channel).len) return; /* a line for people under the table */
    read_role(r, row, &contact);
    read_whose(r, row, &contact);
    read_channel(r, row, &contact);
    contact.title = keep(r, table_at(row, r->title));
    contact.note = keep(r, table_at(row, r->note));
    plan->contacts[plan->contact_count++] = contact;
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
                               table_column(row, NOTE)};
    struct contact *contacts = arena_array(draft->arena, plan->contact_count + table.row_count, sizeof *contacts);
    if (!contacts) return;
    if (plan->contact_count) memcpy(contacts, plan->contacts, plan->contact_count * sizeof *contacts);
    plan->contacts = contacts;
    for (size_t i = header + 1; i < table.row_count; i++)
        read_contact(&r, &table.rows[i]);
}
