#include "proto/event.h"

#include "proto/pack.h"
#include "proto/unpack.h"

enum { FIELDS = 15 };
static const int64_t REPORTED_AT_MAX_MS = 32503679999999; /* the end of 2999, UTC */

static void pack_decimal(struct pack *out, struct decimal value) {
    pack_array(out, 2);
    pack_int(out, value.mantissa);
    pack_uint(out, value.scale);
}

static void pack_figure(struct pack *out, const struct figure *figure) {
    switch (figure->form) {
    case FIGURE_NONE:
        pack_nil(out);
        break;
    case FIGURE_VALUE:
        pack_decimal(out, figure->value);
        break;
    case FIGURE_FRACTION:
        pack_array(out, 2);
        pack_decimal(out, figure->value);
        pack_decimal(out, figure->denominator);
        break;
    case FIGURE_DONE:
        pack_bool(out, figure->done);
        break;
    }
}

static void pack_source(struct pack *out, const struct event_source *source) {
    if (!source->present) {
        pack_nil(out);
        return;
    }
    pack_array(out, 5);
    pack_text(out, source->file);
    pack_bin(out, source->hash, EVENT_HASH_BYTES);
    pack_text(out, source->place);
    pack_text(out, source->raw);
    pack_text(out, source->document);
}

enum proto_code event_encode(const struct event *event, uint8_t *out, size_t cap, size_t *len) {
    static const uint8_t empty_array = 0x90, nil = 0xc0;
    struct pack pack = pack_into(out, cap);
    pack_array(&pack, FIELDS);
    pack_uint(&pack, event->kind);
    pack_bin(&pack, event->uid, EVENT_UID_BYTES);
    pack_text(&pack, event->target);
    pack_text(&pack, event->area);
    pack_day(&pack, event->as_of);
    pack_figure(&pack, &event->figure);
    pack_int(&pack, event->reported_at_ms);
    pack_text(&pack, event->reporter);
    pack_source(&pack, &event->source);
    if (event->has_replaces)
        pack_bin(&pack, event->replaces, EVENT_UID_BYTES);
    else
        pack_nil(&pack);
    pack_text(&pack, event->reason);
    pack_text(&pack, event->note);
    pack_text(&pack, event->blocked_by);
    pack_raw(&pack, event->doubts.ptr ? (const void *)event->doubts.ptr : &empty_array,
             event->doubts.ptr ? event->doubts.len : 1);
    pack_raw(&pack, event->more.ptr ? (const void *)event->more.ptr : &nil, event->more.ptr ? event->more.len : 1);
    enum proto_code code = pack_end(&pack, len);
    if (code != PROTO_OK) return code;
    /* The reader is the judge, so that nothing leaves here that the centre would put in quarantine. */
    struct event back;
    unsigned field;
    return event_decode(out, *len, &back, &field);
}

static struct decimal decimal_after_count(struct unpack *in, int64_t mantissa) {
    struct decimal value = {mantissa, 0};
    uint64_t scale = unpack_uint(in);
    if (scale > DECIMAL_SCALE_MAX) {
        unpack_fail(in, PROTO_RANGE);
        return (struct decimal){0, 0};
    }
    value.scale = (uint8_t)scale;
    if (in->code == PROTO_OK && !decimal_is_canonical(value)) unpack_fail(in, PROTO_NOT_CANONICAL);
    return value;
}

static struct decimal unpack_decimal(struct unpack *in) {
    if (unpack_array(in) != 2) unpack_fail(in, PROTO_SYNTAX);
    int64_t mantissa = unpack_int(in);
    return decimal_after_count(in, mantissa);
}

static void unpack_figure(struct unpack *in, struct figure *figure) {
    *figure = (struct figure){0};
    if (unpack_nil(in)) return;
    if (in->at < in->end && (*in->at == 0xc2 || *in->at == 0xc3)) {
        figure->form = FIGURE_DONE;
        figure->done = unpack_bool(in);
        return;
    }
    if (unpack_array(in) != 2) unpack_fail(in, PROTO_SYNTAX);
    bool fraction = in->at < in->end && ((*in->at & 0xf0) == 0x90 || *in->at == 0xdc || *in->at == 0xdd);
    figure->form = fraction ? FIGURE_FRACTION : FIGURE_VALUE;
    if (fraction) {
        figure->value = unpack_decimal(in);
        figure->denominator = unpack_decimal(in);
    } else {
        figure->value = decimal_after_count(in, unpack_int(in));
    }
}

static void unpack_source(struct unpack *in, struct event_source *source) {
    *source = (struct event_source){0};
    if (unpack_nil(in)) return;
    source->present = true;
    if (unpack_array(in) != 5) unpack_fail(in, PROTO_SYNTAX);
    source->file = unpack_text(in);
    unpack_bytes(in, source->hash, EVENT_HASH_BYTES);
    source->place = unpack_text_or_nil(in);
    source->raw = unpack_text_or_nil(in);
    source->document = unpack_text_or_nil(in);
}

static struct slice unpack_doubts(struct unpack *in) {
    const uint8_t *start = in->at;
    size_t count = unpack_array(in);
    for (size_t i = 0; i < count && in->code == PROTO_OK; i++)
        if (unpack_text(in).len == 0) unpack_fail(in, PROTO_RANGE);
    if (count == 0) return (struct slice){NULL, 0};
    return (struct slice){(const char *)start, (size_t)(in->at - start)};
}

static struct slice unpack_more(struct unpack *in) {
    if (unpack_nil(in)) return (struct slice){NULL, 0};
    struct slice more = unpack_value(in);
    bool array = more.ptr && (((uint8_t)more.ptr[0] & 0xf0) == 0x90 || (uint8_t)more.ptr[0] == 0xdc);
    if (!array) unpack_fail(in, PROTO_SYNTAX);
    return more;
}

/* A text that says who or where: nil or something, never empty. */
static struct slice unpack_name_or_nil(struct unpack *in) {
    struct slice name = unpack_text_or_nil(in);
    if (name.ptr && name.len == 0) unpack_fail(in, PROTO_RANGE);
    return name;
}

static struct slice unpack_note(struct unpack *in) {
    struct slice note = unpack_text_or_nil(in);
    if (note.len > EVENT_NOTE_CHARS_MAX && unpack_text_chars(note) > EVENT_NOTE_CHARS_MAX)
        unpack_fail(in, PROTO_TOO_LARGE);
    return note;
}

static void unpack_field(struct unpack *in, unsigned field, struct event *out) {
    switch (field) {
    case 1: {
        uint64_t kind = unpack_uint(in);
        if (in->code == PROTO_OK && (kind == 0 || kind > INT32_MAX)) unpack_fail(in, PROTO_RANGE);
        out->kind = (uint32_t)kind;
        break;
    }
    case 2:
        unpack_bytes(in, out->uid, EVENT_UID_BYTES);
        break;
    case 3:
        out->target = unpack_name_or_nil(in);
        break;
    case 4:
        out->area = unpack_name_or_nil(in);
        break;
    case 5:
        out->as_of = unpack_day_or_nil(in);
        break;
    case 6:
        unpack_figure(in, &out->figure);
        break;
    case 7:
        out->reported_at_ms = unpack_int(in);
        if (out->reported_at_ms < 0 || out->reported_at_ms > REPORTED_AT_MAX_MS) unpack_fail(in, PROTO_RANGE);
        break;
    case 8:
        out->reporter = unpack_name_or_nil(in);
        if (!out->reporter.ptr) unpack_fail(in, PROTO_SYNTAX);
        break;
    case 9:
        unpack_source(in, &out->source);
        break;
    case 10:
        out->has_replaces = !unpack_nil(in);
        if (out->has_replaces) unpack_bytes(in, out->replaces, EVENT_UID_BYTES);
        break;
    case 11:
        out->reason = unpack_text_or_nil(in);
        break;
    case 12:
        out->note = unpack_note(in);
        break;
    case 13:
        out->blocked_by = unpack_name_or_nil(in);
        break;
    case 14:
        out->doubts = unpack_doubts(in);
        break;
    default:
        out->more = unpack_more(in);
        break;
    }
    if (in->code == PROTO_OK && in->long_form) unpack_fail(in, PROTO_NOT_CANONICAL);
}

enum proto_code event_decode(const uint8_t *bytes, size_t len, struct event *out, unsigned *field) {
    *field = 0;
    memset(out, 0, sizeof *out);
    out->as_of = DAY_NONE;
    if (len > EVENT_BYTES_MAX) return PROTO_TOO_LARGE;
    struct unpack in = unpack_over(bytes, len);
    size_t count = unpack_array(&in);
    if (in.code != PROTO_OK) return in.code;
    if (in.long_form) return PROTO_NOT_CANONICAL;
    if (count != FIELDS) return PROTO_SYNTAX;
    for (unsigned i = 1; i <= FIELDS; i++) {
        unpack_field(&in, i, out);
        if (in.code != PROTO_OK) {
            *field = i;
            return in.code;
        }
    }
    return unpack_end(&in, true);
}

const char *event_field_name(unsigned field) {
    static const char *const names[] = {"event",  "kind",        "uid",      "target", "area",     "as_of",
                                        "figure", "reported_at", "reporter", "source", "replaces", "reason",
                                        "note",   "blocked_by",  "doubts",   "more"};
    return field < sizeof names / sizeof *names ? names[field] : names[0];
}

const char *event_kind_name(uint32_t kind) {
    static const struct {
        enum event_kind kind;
        const char *name;
    } names[] = {
        {EVENT_FIGURE, "figure"},
        {EVENT_CORRECTION, "correction"},
        {EVENT_NO_CHANGE, "no_change"},
        {EVENT_RECEIPT, "receipt"},
        {EVENT_WORDS, "words"},
        {EVENT_RETRACTION, "retraction"},
        {EVENT_REPLY, "reply"},
        {EVENT_EXTENSION_ASKED, "extension_asked"},
        {EVENT_CLOSE_CLAIMED, "close_claimed"},
        {EVENT_MATTER, "matter"},
        {EVENT_OBJECTION, "objection"},
        {EVENT_CONFIRM, "confirm"},
        {EVENT_FREEZE, "freeze"},
        {EVENT_RELEASE, "release"},
        {EVENT_ISSUE, "issue"},
        {EVENT_EXTENSION, "extension"},
        {EVENT_CLOSE_CHECKED, "close_checked"},
        {EVENT_OVERRIDE, "override"},
        {EVENT_MUTE, "mute"},
        {EVENT_REVERSAL, "reversal"},
        {EVENT_PLAN_ANSWER, "plan_answer"},
        {EVENT_KEY_ALLOWED, "key_allowed"},
        {EVENT_KEY_REVOKED, "key_revoked"},
        {EVENT_GO_LIVE, "go_live"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((uint32_t)names[i].kind == kind) return names[i].name;
    return "kind";
}
