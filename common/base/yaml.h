/* YAML for people: bytes become a small tree that knows line and column of everything, and getters add findings
 * ("plan.yaml:12:7: …, did you mean …?") instead of stopping, so that a reader hears of every error at once.
 *
 * A subset on purpose: depth ≤ 32, ≤ 4 MiB, no anchors, aliases, tags, merge keys or second documents; double keys are
 * errors; a scalar is its own text (no `yes` = true surprises: `true`/`false` only; integers are plain decimal, so
 * `12x`, `010`, `1_000` are refused). Empty, `~` and `null` unquoted mean "not given".
 *
 * The tree belongs to the document and lives until yaml_finish; getters lend pointers into it. Typical use:
 *     struct yaml doc;  // CLEAN(yaml_finish)
 *     if (!yaml_parse(&doc, "plan.yaml", bytes, len, &findings)) …
 *     yaml_get_text(&doc, doc.root, "name", YAML_REQUIRED, &name);
 *     yaml_no_others(&doc, doc.root);
 * Findings go to the list given at parse, which must outlive the document. Pure: reads bytes, never files. */
#ifndef DUBAN_BASE_YAML_H
#define DUBAN_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/word.h"
#include "proto/day.h"
#include "proto/decimal.h"

enum { YAML_DEPTH_MAX = 32, YAML_BYTES_MAX = 4 * 1024 * 1024 };

enum yaml_kind { YAML_KIND_NULL, YAML_KIND_SCALAR, YAML_KIND_LIST, YAML_KIND_MAP };

struct yaml_node {
    enum yaml_kind kind;
    uint32_t line, column; /* from 1 */
    bool quoted;           /* scalar: was in quotes or a block */
    const char *text;      /* scalar: NUL-terminated, no NUL inside */
    size_t len;
    struct yaml_node *items;  /* list */
    struct yaml_pair *pairs;  /* map, in the file's order */
    size_t count;             /* of items or pairs */
    struct yaml_asked *asked; /* keys that getters asked this map for */
};

struct yaml_pair {
    const char *key;
    uint32_t line, column;
    bool taken; /* a getter asked for it */
    struct yaml_node value;
};

struct yaml {
    struct yaml_node *root; /* never NULL after yaml_parse; YAML_KIND_NULL for an empty file */
    const char *file;       /* the document's own copy */
    struct findings *findings;
    struct yaml_block *memory;
    struct yaml_node nothing; /* the root when there was no memory for one */
};

/* Parses; false when the text is not our YAML (findings say why; then root is a null node). doc is initialised either
 * way and wants yaml_finish. `bytes` need not outlive the call. */
bool yaml_parse(struct yaml *doc, const char *file, const void *bytes, size_t len, struct findings *findings);
void yaml_finish(struct yaml *doc);

/* A finding at a node's place (or at a key's). */
__attribute__((format(printf, 3, 4))) void yaml_wrong(struct yaml *doc, const struct yaml_node *at, const char *format,
                                                      ...);
__attribute__((format(printf, 3, 4))) void yaml_warn(struct yaml *doc, const struct yaml_node *at, const char *format,
                                                     ...);
__attribute__((format(printf, 3, 4))) void yaml_wrong_key(struct yaml *doc, const struct yaml_pair *at,
                                                          const char *format, ...);

/* --- maps. A NULL or null map is empty; a map argument that is no map is itself a finding, once. --- */

enum yaml_need { YAML_OPTIONAL, YAML_REQUIRED };

/* The value of a key and marks it taken; NULL when absent or null. YAML_REQUIRED adds a finding for that. */
struct yaml_node *yaml_map_get(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need);
/* A finding for every key no getter asked for, naming the nearest one asked for. Call it last. */
void yaml_no_others(struct yaml *doc, struct yaml_node *map);

/* Typed: true when the key is there and right, and only then *out changes (so preset it with the default).
 * Absent and required, or wrong: a finding, false. */
bool yaml_get_text(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, const char **out);
bool yaml_get_int(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, int64_t min,
                  int64_t max, int64_t *out);
bool yaml_get_bool(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, bool *out);
bool yaml_get_day(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need, struct day *out);
bool yaml_get_decimal(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need,
                      struct decimal *out);
bool yaml_get_word(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need,
                   const struct word *words, int *out);
/* A list of texts: *items is an array of *count texts in the document's memory. One scalar is a list of one. */
bool yaml_get_texts(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need,
                    const char *const **items, size_t *count);
/* A value that must be a map / a list; NULL else. Walk a list by node->items[i], node->count. */
struct yaml_node *yaml_get_map(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need);
struct yaml_node *yaml_get_list(struct yaml *doc, struct yaml_node *map, const char *key, enum yaml_need need);

/* --- the same for a node in hand (an item of a list, a pair's value); `what` names it in the finding --- */

bool yaml_as_text(struct yaml *doc, const struct yaml_node *node, const char *what, const char **out);
bool yaml_as_int(struct yaml *doc, const struct yaml_node *node, const char *what, int64_t min, int64_t max,
                 int64_t *out);
bool yaml_as_bool(struct yaml *doc, const struct yaml_node *node, const char *what, bool *out);
bool yaml_as_day(struct yaml *doc, const struct yaml_node *node, const char *what, struct day *out);
bool yaml_as_decimal(struct yaml *doc, const struct yaml_node *node, const char *what, struct decimal *out);
bool yaml_as_word(struct yaml *doc, const struct yaml_node *node, const char *what, const struct word *words, int *out);
bool yaml_as_map(struct yaml *doc, const struct yaml_node *node, const char *what);
bool yaml_as_list(struct yaml *doc, const struct yaml_node *node, const char *what);

#endif
