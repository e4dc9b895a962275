/* Getters over the tree of yaml.c. */
#include <inttypes.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/base/yaml.h"
#include "common/base/yaml_memory.h"

struct yaml_asked {
    struct yaml_asked *next;
    const char *key;
};

/* Remembers that the program knows this key, for the suggestions of yaml_no_others. */
static void remember(struct yaml *doc, struct yaml_node *map, const char *key) {
    for (const struct yaml_asked *asked = map->asked; asked; asked = asked->next) {
        if (strcmp(asked->key, key) == 0) return;
    }
    char *kept_key = yaml_keep_text(doc, key, strlen(key));
    struct yaml_asked asked = {.next = map->asked, .key = kept_key};
    struct yaml_asked *kept = kept_key ? yaml_keep(doc, &asked, sizeof asked) : NULL;
    if (kept) map->asked = kept;
}

static bool is_map(struct yaml *doc, struct yaml_node *map) {
    if (!map || map->kind == YAML_KIND_NULL) return false;
    if (map->kind == YAML_KIND_MAP) return true;
    if (!map->asked) /* the first getter says it, for all of them */
        yaml_wrong(doc, map, "expected keys with values here (key: value)");
    remember(doc, map, "");
    return false;
}

static bool is_empty(const struct yaml_node *node) {
    return !node || node->kind == YAML_KIND_NULL;
}

struct yaml_node *yaml_map_get(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need) {
    struct yaml_node *found = NULL;
    if (is_map(doc, map)) {
        remember(doc, map, key);
        for (size_t i = 0; i < map->count && !found; i++) {
            if (strcmp(map->pairs[i].key, key) != 0) continue;
            map->pairs[i].taken = true;
            found = &map->pairs[i].value;
        }
    } else if (map && map->kind != YAML_KIND_NULL) {
        return NULL;
    }
    if (!is_empty(found)) return found;
    if (need == YAML_REQUIRED && found)
        yaml_wrong(doc, found, "%s has no value", key);
    else if (need == YAML_REQUIRED)
        yaml_wrong(doc, map, "the key \"%s\" is missing here", key);
    return NULL;
}

static void refuse_key(struct yaml *doc, const struct yaml_node *map, const struct yaml_pair *pair) {
    enum { KNOWN_MAX = 256, LISTED_MAX = 12 };
    const char *known[KNOWN_MAX] = {NULL};
    size_t count = 0;
    for (const struct yaml_asked *asked = map->asked; asked && count < KNOWN_MAX; asked = asked->next)
        known[count++] = asked->key;
    const char *near = text_nearest(pair->key, known, count);
    CLEAN(buffer_finish) struct buffer words = {0};
    if (near) {
        buffer_printf(&words, "; did you mean \"%s\"?", near);
    } else if (count > 0 && count <= LISTED_MAX) {
        buffer_add_text(&words, "; known here: ");
        for (size_t i = count; i > 0; i--) /* the newest stands first: turn it round */
            buffer_printf(&words, "%s%s", known[i - 1], i > 1 ? ", " : "");
    }
    yaml_wrong_key(doc, pair, "unknown key \"%s\"%s", pair->key, buffer_text(&words));
}

void yaml_no_others(struct yaml *doc, struct yaml_node *map) {
    if (!is_map(doc, map)) return;
    for (size_t i = 0; i < map->count; i++) {
        if (!map->pairs[i].taken) refuse_key(doc, map, &map->pairs[i]);
    }
}

/* --- a node in hand --- */

static const char *kind_words(const struct yaml_node *node) {
    switch (node->kind) {
    case YAML_KIND_NULL:
        return "nothing";
    case YAML_KIND_SCALAR:
        return "a single value";
    case YAML_KIND_LIST:
        return "a list";
    case YAML_KIND_MAP:
        return "keys with values";
    }
    return "something else";
}

static bool is_kind(struct yaml *doc, const struct yaml_node *node, const char *what, enum yaml_kind kind,
                    const char *wanted) {
    if (node && node->kind == kind) return true;
    yaml_wrong(doc, node, "%s: expected %s, found %s", what, wanted, node ? kind_words(node) : "nothing");
    return false;
}

bool yaml_as_map(struct yaml *doc, const struct yaml_node *node, const char *what) {
    return is_kind(doc, node, what, YAML_KIND_MAP, "keys with values (key: value)");
}

bool yaml_as_list(struct yaml *doc, const struct yaml_node *node, const char *what) {
    return is_kind(doc, node, what, YAML_KIND_LIST, "a list");
}

bool yaml_as_text(struct yaml *doc, const struct yaml_node *node, const char *what, const char **out) {
    if (!is_kind(doc, node, what, YAML_KIND_SCALAR, "a text")) return false;
    *out = node->text;
    return true;
}

bool yaml_as_int(struct yaml *doc, const struct yaml_node *node, const char *what, int64_t min, int64_t max,
                 int64_t *out) {
    if (!is_kind(doc, node, what, YAML_KIND_SCALAR, "a whole number")) return false;
    int64_t value;
    if (node->quoted || !text_to_int(node->text, node->len, &value)) {
        yaml_wrong(doc, node, "%s: \"%.40s\" is not a whole number (digits only, no quotes, no leading zero)", what,
                   node->text);
        return false;
    }
    if (value < min || value > max) {
        yaml_wrong(doc, node, "%s: %" PRId64 " is outside %" PRId64 " to %" PRId64, what, value, min, max);
        return false;
    }
    *out = value;
    return true;
}

bool yaml_as_bool(struct yaml *doc, const struct yaml_node *node, const char *what, bool *out) {
    if (!is_kind(doc, node, what, YAML_KIND_SCALAR, "true or false")) return false;
    bool yes = strcmp(node->text, "true") == 0, no = strcmp(node->text, "false") == 0;
    if (node->quoted || (!yes && !no)) {
        yaml_wrong(doc, node, "%s: \"%.40s\" is neither true nor false", what, node->text);
        return false;
    }
    *out = yes;
    return true;
}

bool yaml_as_day(struct yaml *doc, const struct yaml_node *node, const char *what, struct day *out) {
    if (!is_kind(doc, node, what, YAML_KIND_SCALAR, "a day")) return false;
    if (!day_parse(node->text, node->len, out)) {
        yaml_wrong(doc, node, "%s: \"%.40s\" is not a day (YYYY-MM-DD, one that exists)", what, node->text);
        return false;
    }
    return true;
}

static bool has_leading_zero(const char *text) {
    text += *text == '-' || *text == '+';
    return text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

bool yaml_as_decimal(struct yaml *doc, const struct yaml_node *node, const char *what, struct decimal *out) {
    if (!is_kind(doc, node, what, YAML_KIND_SCALAR, "a number")) return false;
    struct decimal value;
    enum proto_code code = decimal_parse(node->text, node->len, &value);
    if (code == PROTO_RANGE) {
        yaml_wrong(doc, node, "%s: %.40s has too many digits (18 digits, 9 of them behind the point)", what,
                   node->text);
        return false;
    }
    if (code != PROTO_OK || has_leading_zero(node->text)) {
        yaml_wrong(doc, node, "%s: \"%.40s\" is not a number like 485.8", what, node->text);
        return false;
    }
    *out = value;
    return true;
}

bool yaml_as_word(struct yaml *doc, const struct yaml_node *node, const char *what, const struct word *words,
                  int *out) {
    if (!is_kind(doc, node, what, YAML_KIND_SCALAR, "a word")) return false;
    if (word_find(words, node->text, node->len, out)) return true;
    CLEAN(buffer_finish) struct buffer list = {0};
    word_list(words, &list);
    const char *near = word_nearest(words, node->text);
    yaml_wrong(doc, node, "%s: \"%.60s\" is none of: %s%s%s%s", what, node->text, buffer_text(&list),
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return false;
}

/* --- a key's value --- */

bool yaml_get_text(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, const char **out) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_text(doc, node, key, out);
}

bool yaml_get_int(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, int64_t min,
                  int64_t max, int64_t *out) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_int(doc, node, key, min, max, out);
}

bool yaml_get_bool(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, bool *out) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_bool(doc, node, key, out);
}

bool yaml_get_day(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, struct day *out) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_day(doc, node, key, out);
}

bool yaml_get_decimal(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need,
                      struct decimal *out) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_decimal(doc, node, key, out);
}

bool yaml_get_word(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need,
                   const struct word *words, int *out) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_word(doc, node, key, words, out);
}

bool yaml_get_texts(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need,
                    const char *const **items, size_t *count) {
    const struct yaml_node *node = yaml_map_get(doc, map, key, need);
    if (!node) return false;
    bool single = node->kind == YAML_KIND_SCALAR;
    if (!single && !yaml_as_list(doc, node, key)) return false;
    size_t n = single ? 1 : node->count;
    const char **texts = yaml_keep(doc, NULL, n * sizeof *texts);
    if (!texts) {
        yaml_wrong(doc, node, "%s: no memory to read it", key);
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good = yaml_as_text(doc, single ? node : &node->items[i], key, &texts[i]) && good;
    if (!good) return false;
    *items = texts;
    *count = n;
    return true;
}

struct yaml_node *yaml_get_map(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need) {
    struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_map(doc, node, key) ? node : NULL;
}

struct yaml_node *yaml_get_list(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need) {
    struct yaml_node *node = yaml_map_get(doc, map, key, need);
    return node && yaml_as_list(doc, node, key) ? node : NULL;
}
