#include "proto/more.h"

#include "proto/pack.h"
#include "proto/unpack.h"

/* One element of `more`. The "or nil" types of bytes and instants have their bool beside them, at `flag`. */
enum type {
    TYPE_TEXT,
    TYPE_TEXT_OR_NIL,
    TYPE_DAY,
    TYPE_DAY_OR_NIL,
    TYPE_COUNT,
    TYPE_BOOL,
    TYPE_MATTER,
    TYPE_UID,
    TYPE_UID_OR_NIL,
    TYPE_KEY,
    TYPE_INSTANT_OR_NIL,
    TYPE_LIST,
    TYPE_REFUSALS,
};
struct element {
    uint8_t type;
    uint16_t at, flag;
};
enum { ELEMENTS_MAX = 8 };
struct shape {
    uint32_t kind;
    uint8_t count;    /* of elements written */
    uint8_t required; /* of them, those that every version wrote; later ones may be missing and read as nil */
    struct element elements[ELEMENTS_MAX];
};

#define AT(type, member)                                                                                               \
    { TYPE_##type, offsetof(struct more, member), 0 }
#define AT_IF(type, member, has)                                                                                       \
    { TYPE_##type, offsetof(struct more, member), offsetof(struct more, has) }
#define BY AT(TEXT, by)
#define BY_OR_NIL AT(TEXT_OR_NIL, by)

static const struct shape shapes[] = {
    {EVENT_RECEIPT,
     8,
     8,
     {AT(TEXT, receipt.feed), AT(TEXT_OR_NIL, receipt.period), AT(COUNT, receipt.taken), AT(COUNT, receipt.unchanged),
      AT(COUNT, receipt.held), AT(COUNT, receipt.refused), AT(REFUSALS, receipt.refusals), AT(BOOL, receipt.whole)}},
    {EVENT_REPLY,
     6,
     5,
     {AT(TEXT, reply.number), AT(TEXT, reply.who), AT(DAY_OR_NIL, reply.by_when), AT(TEXT_OR_NIL, reply.reason_code),
      AT(TEXT_OR_NIL, reply.text), BY_OR_NIL}},
    {EVENT_EXTENSION_ASKED, 3, 2, {AT(DAY, extension.due), AT(TEXT_OR_NIL, extension.document), BY_OR_NIL}},
    {EVENT_CLOSE_CLAIMED, 2, 1, {AT(TEXT_OR_NIL, close_out.document), BY_OR_NIL}},
    {EVENT_MATTER, 2, 2, {AT(MATTER, matter.kind), AT(TEXT, matter.text)}},
    {EVENT_OBJECTION, 2, 2, {AT(TEXT, objection.number), AT(TEXT, objection.text)}},
    {EVENT_CONFIRM, 2, 2, {BY, AT(UID, of_event.uid)}},
    {EVENT_FREEZE, 2, 2, {BY, AT(TEXT, freeze.name)}},
    {EVENT_RELEASE,
     3,
     3,
     {BY, AT(TEXT_OR_NIL, release.alert), AT_IF(INSTANT_OR_NIL, release.instant_ms, release.has_instant)}},
    {EVENT_ISSUE, 4, 3, {BY, AT(TEXT, issue.number), AT(TEXT_OR_NIL, issue.document), AT(TEXT, issue.level)}},
    {EVENT_EXTENSION,
     4,
     4,
     {BY, AT(DAY_OR_NIL, extension.due), AT(TEXT_OR_NIL, extension.document),
      AT_IF(UID_OR_NIL, extension.request, extension.has_request)}},
    {EVENT_CLOSE_CHECKED,
     5,
     4,
     {BY, AT(BOOL, close_out.passed), AT(TEXT_OR_NIL, close_out.document),
      AT_IF(UID_OR_NIL, close_out.claim, close_out.has_claim), AT(TEXT_OR_NIL, close_out.step)}},
    {EVENT_OVERRIDE, 3, 3, {BY, AT(TEXT, override.light), AT(DAY, override.until)}},
    {EVENT_MUTE, 3, 3, {BY, AT(TEXT_OR_NIL, mute.rule), AT(DAY_OR_NIL, mute.until)}},
    {EVENT_REVERSAL, 2, 2, {BY, AT(UID, of_event.uid)}},
    {EVENT_PLAN_ANSWER, 3, 3, {BY, AT(TEXT, plan_answer.question), AT(TEXT, plan_answer.answer)}},
    {EVENT_KEY_ALLOWED,
     6,
     6,
     {BY, AT(KEY, key.public_key), AT(TEXT, key.stream), AT(TEXT, key.unit), AT(LIST, key.areas), AT(LIST, key.tasks)}},
    {EVENT_KEY_REVOKED, 3, 3, {BY, AT(KEY, key.public_key), AT(TEXT_OR_NIL, key.stream)}},
    {EVENT_GO_LIVE, 3, 3, {BY, AT(BOOL, go_live.live), AT(TEXT, go_live.rules)}},
};

static const struct shape *shape_of(uint32_t kind) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (shapes[i].kind == kind) return &shapes[i];
    return NULL;
}

bool more_expected(uint32_t kind) {
    return shape_of(kind) != NULL;
}

bool more_is_nil(uint32_t kind) {
    return kind == EVENT_FIGURE || kind == EVENT_CORRECTION || kind == EVENT_NO_CHANGE || kind == EVENT_WORDS ||
           kind == EVENT_RETRACTION;
}

static void pack_refusals(struct pack *out, const struct more *more) {
    size_t count = more->receipt.refusal_count;
    if (count > MORE_REFUSALS_MAX) count = MORE_REFUSALS_MAX;
    pack_array(out, count);
    for (size_t i = 0; i < count; i++) {
        pack_array(out, 3);
        pack_text(out, more->receipt.refusals[i].place);
        pack_text(out, more->receipt.refusals[i].code);
        pack_text(out, more->receipt.refusals[i].text);
    }
}

static void pack_list(struct pack *out, struct slice list) {
    if (list.ptr)
        pack_raw(out, list.ptr, list.len);
    else
        pack_array(out, 0);
}

static void pack_element(struct pack *out, const struct more *more, const struct element *element) {
    const void *at = (const char *)more + element->at;
    const bool *has = (const bool *)((const char *)more + element->flag);
    switch ((enum type)element->type) {
    case TYPE_TEXT:
    case TYPE_TEXT_OR_NIL:
        pack_text(out, *(const struct slice *)at);
        break;
    case TYPE_DAY:
    case TYPE_DAY_OR_NIL:
        pack_day(out, *(const struct day *)at);
        break;
    case TYPE_COUNT:
        pack_uint(out, *(const uint32_t *)at);
        break;
    case TYPE_BOOL:
        pack_bool(out, *(const bool *)at);
        break;
    case TYPE_MATTER:
        pack_uint(out, *(const enum matter_kind *)at);
        break;
    case TYPE_UID_OR_NIL:
        if (*has)
            pack_bin(out, at, EVENT_UID_BYTES);
        else
            pack_nil(out);
        break;
    case TYPE_UID:
        pack_bin(out, at, EVENT_UID_BYTES);
        break;
    case TYPE_KEY:
        pack_bin(out, at, MORE_KEY_BYTES);
        break;
    case TYPE_INSTANT_OR_NIL:
        if (*has)
            pack_int(out, *(const int64_t *)at);
        else
            pack_nil(out);
        break;
    case TYPE_LIST:
        pack_list(out, *(const struct slice *)at);
        break;
    case TYPE_REFUSALS:
        pack_refusals(out, more);
        break;
    }
}

enum proto_code more_encode(uint32_t kind, const struct more *more, uint8_t *out, size_t cap, size_t *len) {
    const struct shape *shape = shape_of(kind);
    if (!shape) return PROTO_VERSION;
    struct pack pack = pack_into(out, cap);
    pack_array(&pack, shape->count);
    for (size_t i = 0; i < shape->count; i++)
        pack_element(&pack, more, &shape->elements[i]);
    enum proto_code code = pack_end(&pack, len);
    if (code != PROTO_OK) return code;
    struct more back;
    return more_decode(kind, (struct slice){(const char *)out, *len}, &back);
}

static void unpack_refusals(struct unpack *in, struct more *out) {
    size_t count = unpack_array(in);
    if (count > MORE_REFUSALS_MAX) unpack_fail(in, PROTO_TOO_LARGE);
    for (size_t i = 0; i < count && in->code == PROTO_OK; i++) {
        struct more_refusal *refusal = &out->receipt.refusals[i];
        if (unpack_array(in) != 3) unpack_fail(in, PROTO_SYNTAX);
        refusal->place = unpack_text_or_nil(in);
        refusal->code = unpack_text(in);
        refusal->text = unpack_text(in);
        out->receipt.refusal_count = (uint32_t)i + 1;
    }
}

static struct slice unpack_list(struct unpack *in) {
    const uint8_t *start = in->at;
    size_t count = unpack_array(in);
    for (size_t i = 0; i < count && in->code == PROTO_OK; i++)
        unpack_text(in);
    return count > 0 ? (struct slice){(const char *)start, (size_t)(in->at - start)} : (struct slice){NULL, 0};
}

static uint32_t unpack_bounded(struct unpack *in, uint32_t min, uint32_t max) {
    uint64_t value = unpack_uint(in);
    if (value >= min && value <= max) return (uint32_t)value;
    unpack_fail(in, PROTO_RANGE);
    return min;
}

static void unpack_element(struct unpack *in, struct more *more, const struct element *element) {
    void *at = (char *)more + element->at;
    bool *has = (bool *)((char *)more + element->flag);
    switch ((enum type)element->type) {
    case TYPE_TEXT:
        *(struct slice *)at = unpack_text(in);
        break;
    case TYPE_TEXT_OR_NIL:
        *(struct slice *)at = unpack_text_or_nil(in);
        break;
    case TYPE_DAY:
        *(struct day *)at = unpack_day_or_nil(in);
        if (!day_is(*(struct day *)at)) unpack_fail(in, PROTO_SYNTAX);
        break;
    case TYPE_DAY_OR_NIL:
        *(struct day *)at = unpack_day_or_nil(in);
        break;
    case TYPE_COUNT:
        *(uint32_t *)at = unpack_bounded(in, 0, UINT32_MAX);
        break;
    case TYPE_BOOL:
        *(bool *)at = unpack_bool(in);
        break;
    case TYPE_MATTER:
        *(enum matter_kind *)at = (enum matter_kind)unpack_bounded(in, MATTER_DIFFICULTY, MATTER_EXAMPLE);
        break;
    case TYPE_UID_OR_NIL:
        *has = !unpack_nil(in);
        if (*has) unpack_bytes(in, at, EVENT_UID_BYTES);
        break;
    case TYPE_UID:
        unpack_bytes(in, at, EVENT_UID_BYTES);
        break;
    case TYPE_KEY:
        unpack_bytes(in, at, MORE_KEY_BYTES);
        break;
    case TYPE_INSTANT_OR_NIL:
        *has = !unpack_nil(in);
        if (*has) *(int64_t *)at = unpack_int(in);
        break;
    case TYPE_LIST:
        *(struct slice *)at = unpack_list(in);
        break;
    case TYPE_REFUSALS:
        unpack_refusals(in, more);
        break;
    }
}

enum proto_code more_decode(uint32_t kind, struct slice bytes, struct more *out) {
    const struct shape *shape = shape_of(kind);
    memset(out, 0, sizeof *out);
    if (!shape) return PROTO_VERSION;
    if (!bytes.ptr) return PROTO_SYNTAX;
    if (bytes.len > MORE_BYTES_MAX) return PROTO_TOO_LARGE;
    struct unpack in = unpack_over(bytes.ptr, bytes.len);
    size_t count = unpack_array(&in);
    if (count < shape->required) unpack_fail(&in, PROTO_SYNTAX);
    for (size_t i = 0; i < shape->count && i < count && in.code == PROTO_OK; i++)
        unpack_element(&in, out, &shape->elements[i]);
    for (size_t i = shape->count; i < count && in.code == PROTO_OK; i++)
        unpack_value(&in);
    return unpack_end(&in, true);
}

enum proto_code list_encode(const struct slice *items, size_t count, uint8_t *out, size_t cap, size_t *len) {
    struct pack pack = pack_into(out, cap);
    pack_array(&pack, count);
    for (size_t i = 0; i < count; i++) {
        if (!items[i].ptr || !unpack_text_valid(items[i].ptr, items[i].len)) return PROTO_SYNTAX;
        pack_text(&pack, items[i]);
    }
    return pack_end(&pack, len);
}

bool list_next(struct slice list, struct list_cursor *cursor, struct slice *item) {
    if (!list.ptr) return false;
    if (!cursor->at) {
        struct unpack head = unpack_over(list.ptr, list.len);
        cursor->count = unpack_array(&head);
        cursor->at = (const char *)head.at;
        if (head.code != PROTO_OK) cursor->count = 0;
    }
    if (cursor->index == cursor->count) return false;
    struct unpack in = unpack_over(cursor->at, (size_t)(list.ptr + list.len - cursor->at));
    *item = unpack_text(&in);
    cursor->at = (const char *)in.at;
    cursor->index++;
    return in.code == PROTO_OK;
}
