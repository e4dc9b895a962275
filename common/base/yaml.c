#include "common/base/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/base/yaml_memory.h"

enum { FINDINGS_MAX = 200 }; /* a file of a million errors must not fill the memory with their words */

struct frame {
    struct yaml_node node; /* the map or list being read */
    struct yaml_node *items;
    struct yaml_pair *pairs;
    size_t count, capacity;
    bool has_key; /* the next node is the value of pairs[count] */
};

struct reading {
    struct yaml *doc;
    yaml_parser_t parser;
    struct frame frames[YAML_DEPTH_MAX];
    size_t depth;
    struct yaml_node root;
    bool has_root;
    bool stop; /* nothing more can be read */
};

/* --- findings --- */

static void add_finding(struct yaml *doc, bool warning, uint32_t line, uint32_t column, const char *text) {
    if (doc->findings->count > FINDINGS_MAX) {
        doc->findings->errors += !warning;
        return;
    }
    char place[ERROR_PLACE_MAX];
    if (line)
        snprintf(place, sizeof place, "%.200s:%u:%u", doc->file, line, column);
    else
        snprintf(place, sizeof place, "%.200s", doc->file);
    if (doc->findings->count == FINDINGS_MAX) text = "there are more errors than these; mend them first";
    findings_add(doc->findings, warning, place, "%s", text);
}

static void vadd(struct yaml *doc, bool warning, uint32_t line, uint32_t column, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));
static void vadd(struct yaml *doc, bool warning, uint32_t line, uint32_t column, const char *format, va_list args) {
    CLEAN(buffer_finish) struct buffer text = {0};
    buffer_vprintf(&text, format, args);
    add_finding(doc, warning, line, column, buffer_text(&text));
}

void yaml_wrong(struct yaml *doc, const struct yaml_node *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vadd(doc, false, at ? at->line : 0, at ? at->column : 0, format, args);
    va_end(args);
}

void yaml_warn(struct yaml *doc, const struct yaml_node *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vadd(doc, true, at ? at->line : 0, at ? at->column : 0, format, args);
    va_end(args);
}

void yaml_wrong_key(struct yaml *doc, const struct yaml_pair *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vadd(doc, false, at->line, at->column, format, args);
    va_end(args);
}

/* --- memory --- */

struct yaml_block {
    struct yaml_block *next;
    size_t used, size;
    max_align_t data[];
};

void *yaml_keep(struct yaml *doc, const void *bytes, size_t len) {
    enum { BLOCK = 16384, ALIGN = sizeof(max_align_t) };
    size_t need = (len / ALIGN + 1) * ALIGN; /* never zero bytes */
    struct yaml_block *block = doc->memory;
    if (!block || block->size - block->used < need) {
        size_t size = need > BLOCK ? need : BLOCK;
        block = malloc(sizeof *block + size);
        if (!block) return NULL;
        *block = (struct yaml_block){.next = doc->memory, .size = size};
        doc->memory = block;
    }
    char *kept = (char *)block->data + block->used;
    block->used += need;
    if (bytes && len) memcpy(kept, bytes, len);
    return kept;
}

char *yaml_keep_text(struct yaml *doc, const char *text, size_t len) {
    char *kept = yaml_keep(doc, NULL, len + 1);
    if (kept) {
        memcpy(kept, text, len);
        kept[len] = '\0';
    }
    return kept;
}

static void out_of_memory(struct reading *r) {
    add_finding(r->doc, false, 0, 0, "no memory to read this file");
    r->stop = true;
}

/* --- building the tree --- */

static uint32_t mark_number(size_t zero_based) {
    return zero_based < UINT32_MAX ? (uint32_t)zero_based + 1 : UINT32_MAX;
}

static struct yaml_node node_at(enum yaml_kind kind, yaml_mark_t mark) {
    return (struct yaml_node){.kind = kind, .line = mark_number(mark.line), .column = mark_number(mark.column)};
}

static bool grow_frame(struct reading *r, struct frame *frame) {
    if (frame->count < frame->capacity) return true;
    size_t capacity = frame->capacity ? frame->capacity * 2 : 8;
    bool is_map = frame->node.kind == YAML_KIND_MAP;
    void *old = is_map ? (void *)frame->pairs : (void *)frame->items;
    void *grown = reallocarray(old, capacity, is_map ? sizeof *frame->pairs : sizeof *frame->items);
    if (!grown) {
        out_of_memory(r);
        return false;
    }
    if (is_map)
        frame->pairs = grown;
    else
        frame->items = grown;
    frame->capacity = capacity;
    return true;
}

static void take_key(struct reading *r, struct frame *frame, const struct yaml_node *node) {
    if (node->kind == YAML_KIND_LIST || node->kind == YAML_KIND_MAP) {
        yaml_wrong(r->doc, node, "a key must be one word or text");
        r->stop = true;
        return;
    }
    if (!grow_frame(r, frame)) return;
    if (!node->quoted && strcmp(node->text, "<<") == 0)
        yaml_wrong(r->doc, node, "merge keys (<<) are not read here; write the keys out");
    frame->pairs[frame->count] = (struct yaml_pair){.key = node->text, .line = node->line, .column = node->column};
    frame->has_key = true;
}

/* A finished node goes to where it belongs: the root, a list, a key or its value. */
static void place_node(struct reading *r, const struct yaml_node *node) {
    if (r->depth == 0) {
        r->root = *node;
        r->has_root = true;
        return;
    }
    struct frame *frame = &r->frames[r->depth - 1];
    if (frame->node.kind == YAML_KIND_LIST) {
        if (grow_frame(r, frame)) frame->items[frame->count++] = *node;
    } else if (frame->has_key) {
        frame->pairs[frame->count++].value = *node;
        frame->has_key = false;
    } else {
        take_key(r, frame, node);
    }
}

static int by_key(const void *a, const void *b) {
    const struct yaml_pair *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    if (order) return order;
    return *x < *y ? -1 : 1;
}

static void find_double_keys(struct reading *r, const struct yaml_node *map) {
    if (map->count < 2) return;
    AUTO_FREE const struct yaml_pair **sorted = calloc(map->count, sizeof *sorted);
    if (!sorted) {
        out_of_memory(r);
        return;
    }
    for (size_t i = 0; i < map->count; i++)
        sorted[i] = &map->pairs[i];
    qsort(sorted, map->count, sizeof *sorted, by_key);
    for (size_t i = 1; i < map->count; i++) {
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            yaml_wrong_key(r->doc, sorted[i], "the key \"%s\" stands twice; first in line %u", sorted[i]->key,
                           sorted[i - 1]->line);
    }
}

static void open_frame(struct reading *r, enum yaml_kind kind, yaml_mark_t mark) {
    struct yaml_node node = node_at(kind, mark);
    if (r->depth == YAML_DEPTH_MAX) {
        yaml_wrong(r->doc, &node, "nested deeper than %d levels", YAML_DEPTH_MAX);
        r->stop = true;
        return;
    }
    r->frames[r->depth++] = (struct frame){.node = node};
}

static void close_frame(struct reading *r) {
    struct frame *frame = &r->frames[--r->depth];
    AUTO_FREE struct yaml_node *items = frame->items;
    AUTO_FREE struct yaml_pair *pairs = frame->pairs;
    struct yaml_node node = frame->node;
    node.count = frame->count;
    bool is_map = node.kind == YAML_KIND_MAP;
    void *kept = is_map ? yaml_keep(r->doc, pairs, node.count * sizeof *pairs)
                        : yaml_keep(r->doc, items, node.count * sizeof *items);
    if (!kept) {
        out_of_memory(r);
        return;
    }
    if (is_map)
        node.pairs = kept;
    else
        node.items = kept;
    if (is_map) find_double_keys(r, &node);
    place_node(r, &node);
}

static bool is_null_text(const char *text, size_t len) {
    return len == 0 || (len == 1 && text[0] == '~') || (len == 4 && memcmp(text, "null", 4) == 0);
}

static void take_scalar(struct reading *r, const yaml_event_t *event) {
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    bool is_null = !quoted && is_null_text(text, len);
    struct yaml_node node = node_at(is_null ? YAML_KIND_NULL : YAML_KIND_SCALAR, event->start_mark);
    if (memchr(text, '\0', len)) {
        yaml_wrong(r->doc, &node, "a NUL character (\\0) cannot stand in a text");
        len = strlen(text);
    }
    node.quoted = quoted;
    node.text = yaml_keep_text(r->doc, text, len);
    node.len = len;
    if (node.text)
        place_node(r, &node);
    else
        out_of_memory(r);
}

static void refuse_extras(struct reading *r, const yaml_char_t *anchor, const yaml_char_t *tag, yaml_mark_t mark) {
    struct yaml_node at = node_at(YAML_KIND_NULL, mark);
    if (anchor)
        yaml_wrong(r->doc, &at, "anchors (&%.40s) are not read here; write the value out", (const char *)anchor);
    if (tag) yaml_wrong(r->doc, &at, "tags (%.40s) are not read here; write the plain value", (const char *)tag);
}

static void take_event(struct reading *r, const yaml_event_t *event) {
    struct yaml_node here = node_at(YAML_KIND_NULL, event->start_mark);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        refuse_extras(r, event->data.scalar.anchor, event->data.scalar.tag, event->start_mark);
        take_scalar(r, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        refuse_extras(r, event->data.sequence_start.anchor, event->data.sequence_start.tag, event->start_mark);
        open_frame(r, YAML_KIND_LIST, event->start_mark);
        break;
    case YAML_MAPPING_START_EVENT:
        refuse_extras(r, event->data.mapping_start.anchor, event->data.mapping_start.tag, event->start_mark);
        open_frame(r, YAML_KIND_MAP, event->start_mark);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_frame(r);
        break;
    case YAML_ALIAS_EVENT:
        yaml_wrong(r->doc, &here, "aliases (*%.40s) are not read here; write the value out",
                   (const char *)event->data.alias.anchor);
        here.text = "";
        place_node(r, &here);
        break;
    case YAML_DOCUMENT_START_EVENT:
        if (r->has_root) {
            yaml_wrong(r->doc, &here, "a second document begins here; one file holds one document");
            r->stop = true;
        }
        break;
    case YAML_STREAM_END_EVENT:
        r->stop = true;
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
}

/* --- bytes --- */

/* Line and column (from 1, in characters) of a byte. */
static void place_of_byte(const char *text, size_t at, uint32_t *line, uint32_t *column) {
    size_t start = 0, lines = 0;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            lines++;
            start = i + 1;
        }
    }
    *line = mark_number(lines);
    *column = mark_number(text_chars(text + start, at - start));
}

static void refuse_syntax(struct reading *r, const char *text, size_t len) {
    const yaml_parser_t *p = &r->parser;
    uint32_t line = mark_number(p->problem_mark.line), column = mark_number(p->problem_mark.column);
    const char *problem = p->problem ? p->problem : "cannot be read";
    CLEAN(buffer_finish) struct buffer words = {0};
    if (p->error == YAML_READER_ERROR && p->problem_offset <= len) {
        place_of_byte(text, p->problem_offset, &line, &column);
        buffer_printf(&words, "a character that may not stand in the file: %s", problem);
    } else if (p->error == YAML_MEMORY_ERROR) {
        buffer_add_text(&words, "no memory to read this file");
    } else {
        bool is_tab = p->problem_mark.index < len && text[p->problem_mark.index] == '\t';
        buffer_printf(&words, "not readable as YAML: %s%s%s", p->context ? p->context : "", p->context ? ", " : "",
                      problem);
        if (is_tab)
            buffer_add_text(&words, "; indent with spaces, not with tabs");
        else if (p->context && p->context_mark.line != p->problem_mark.line)
            buffer_printf(&words, " (it began in line %u)", mark_number(p->context_mark.line));
    }
    add_finding(r->doc, false, line, column, buffer_text(&words));
}

static bool is_readable(struct yaml *doc, const char *text, size_t len) {
    size_t bad_at = 0;
    if (len > YAML_BYTES_MAX) {
        add_finding(doc, false, 0, 0, "the file is larger than 4 MiB");
        return false;
    }
    if (text_is_utf8(text, len, &bad_at)) return true;
    uint32_t line, column;
    place_of_byte(text, bad_at, &line, &column);
    add_finding(doc, false, line, column, "not UTF-8; save the file with the encoding UTF-8");
    return false;
}

/* True when the whole text was read; findings may have come of it all the same. */
static bool read_events(struct reading *r, const char *text, size_t len) {
    if (!yaml_parser_initialize(&r->parser)) {
        out_of_memory(r);
        return false;
    }
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, len);
    bool ended = false;
    while (!r->stop) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event)) {
            refuse_syntax(r, text, len);
            break;
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        take_event(r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&r->parser);
    while (r->depth > 0) {
        struct frame *frame = &r->frames[--r->depth];
        free(frame->items);
        free(frame->pairs);
    }
    return ended;
}

bool yaml_parse(struct yaml *doc, const char *file, const void *bytes, size_t len, struct findings *findings) {
    *doc = (struct yaml){.nothing = {.kind = YAML_KIND_NULL, .text = ""}, .file = file, .findings = findings};
    doc->root = &doc->nothing;
    doc->file = yaml_keep_text(doc, file, strlen(file));
    if (!doc->file) {
        doc->file = "";
        add_finding(doc, false, 0, 0, "no memory to read this file");
        return false;
    }
    const char *text = bytes;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    /* The root is made before reading, so that even a file that fails has one to ask. */
    struct yaml_node null = {.kind = YAML_KIND_NULL, .text = "", .line = 1, .column = 1};
    struct yaml_node *root = yaml_keep(doc, &null, sizeof null);
    AUTO_FREE struct reading *r = calloc(1, sizeof *r);
    if (!root || !r) {
        add_finding(doc, false, 0, 0, "no memory to read this file");
        return false;
    }
    doc->root = root;
    r->doc = doc;
    if (!is_readable(doc, text, len) || !read_events(r, text, len)) return false;
    if (r->has_root) *root = r->root;
    return true;
}

void yaml_finish(struct yaml *doc) {
    if (!doc) return;
    while (doc->memory) {
        struct yaml_block *next = doc->memory->next;
        free(doc->memory);
        doc->memory = next;
    }
    *doc = (struct yaml){0};
}
