#include "services/collector/sql_answer.h"

#include <endian.h>

static const char magic[] = "duban answer 1\n";
enum { MAGIC_LEN = sizeof magic - 1 };
#define NULL_LEN UINT32_MAX
enum mark { MARK_COLUMN = 'C', MARK_ROW = 'R', MARK_END = 'E', MARK_FAILURE = 'F' };

/* --- writing --- */

void answer_begin(struct buffer *out) {
    buffer_add(out, magic, MAGIC_LEN);
}

static void add_text(struct buffer *out, struct slice text) {
    uint32_t len = htole32(text.ptr ? (uint32_t)text.len : NULL_LEN);
    buffer_add(out, &len, sizeof len);
    if (text.ptr) buffer_add(out, text.ptr, text.len);
}

void answer_add_column(struct buffer *out, enum answer_kind kind, struct slice name) {
    buffer_add_char(out, MARK_COLUMN);
    buffer_add_char(out, (char)kind);
    add_text(out, name);
}

void answer_add_row(struct buffer *out) {
    buffer_add_char(out, MARK_ROW);
}

void answer_add_value(struct buffer *out, struct slice value) {
    add_text(out, value);
}

void answer_end(struct buffer *out) {
    buffer_add_char(out, MARK_END);
}

void answer_fail(struct buffer *out, enum sql_trouble trouble, const char *words) {
    buffer_add_char(out, MARK_FAILURE);
    buffer_add_char(out, (char)trouble);
    add_text(out, slice_of(words));
}

/* --- reading --- */

static bool take_char(struct answer *in, char *out) {
    if (in->at >= in->bytes.len) return false;
    *out = in->bytes.ptr[in->at++];
    return true;
}

static bool take_text(struct answer *in, size_t max, struct slice *out) {
    uint32_t len;
    if (in->bytes.len - in->at < sizeof len) return false;
    memcpy(&len, in->bytes.ptr + in->at, sizeof len);
    len = le32toh(len);
    in->at += sizeof len;
    *out = (struct slice){NULL, 0};
    if (len == NULL_LEN) return true;
    if (len > max || len > in->bytes.len - in->at) return false;
    *out = (struct slice){in->bytes.ptr + in->at, len};
    in->at += len;
    return true;
}

static enum answer_step cut_off(struct answer *in) {
    in->trouble = SQL_TROUBLE_WORKER;
    in->words = (struct slice){"", 0};
    in->at = in->bytes.len;
    return ANSWER_FAILED;
}

static enum answer_step failure(struct answer *in) {
    char trouble;
    if (!take_char(in, &trouble) || trouble <= SQL_TROUBLE_NONE || trouble >= SQL_TROUBLES) return cut_off(in);
    if (!take_text(in, ANSWER_WORDS_MAX, &in->words) || !in->words.ptr) return cut_off(in);
    in->trouble = (enum sql_trouble)trouble;
    return ANSWER_FAILED;
}

static bool take_column(struct answer *in) {
    char kind;
    struct slice name;
    if (in->column_count == ANSWER_COLUMNS_MAX || !take_char(in, &kind) || kind < 0 || kind >= ANSWER_KINDS ||
        !take_text(in, ANSWER_NAME_MAX, &name) || !name.ptr)
        return false;
    in->columns[in->column_count++] = (struct answer_column){(enum answer_kind)kind, name};
    return true;
}

bool answer_open(struct slice bytes, struct answer *out) {
    *out = (struct answer){.bytes = bytes};
    char mark;
    if (bytes.len < MAGIC_LEN || memcmp(bytes.ptr, magic, MAGIC_LEN) != 0) return cut_off(out), false;
    out->at = MAGIC_LEN;
    while (take_char(out, &mark)) {
        if (mark == MARK_FAILURE) return failure(out), false;
        if (mark != MARK_COLUMN) {
            out->at--;
            break;
        }
        if (!take_column(out)) return cut_off(out), false;
    }
    if (out->column_count == 0) return cut_off(out), false;
    return true;
}

enum answer_step answer_next(struct answer *in, struct slice *values) {
    char mark;
    if (!take_char(in, &mark)) return cut_off(in);
    if (mark == MARK_FAILURE) return failure(in);
    if (mark == MARK_END) return in->at == in->bytes.len ? ANSWER_ENDED : cut_off(in);
    if (mark != MARK_ROW) return cut_off(in);
    for (size_t i = 0; i < in->column_count; i++)
        if (!take_text(in, ANSWER_VALUE_MAX, &values[i])) return cut_off(in);
    return ANSWER_ROW;
}
