/* Program messages in English and Chinese: the English text is the key, so code reads plainly and the compiler checks
 * formats: printf(message(&cli_messages, lang, "%zu files read\n"), n). A text without a row stays English. Pure. */
#ifndef DUBAN_BASE_MESSAGE_H
#define DUBAN_BASE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

enum lang { LANG_EN, LANG_ZH };

/* "en" or "zh" ("zh_CN.UTF-8" too); false for others. */
bool lang_parse(const char *text, enum lang *out);
static inline const char *lang_pick(enum lang lang, const char *en, const char *zh) {
    return lang == LANG_ZH && zh ? zh : en;
}

struct message_row {
    const char *en, *zh;
};
struct messages {
    const struct message_row *rows;
    size_t count;
};
__attribute__((format_arg(3))) const char *message(const struct messages *table, enum lang lang, const char *en);
/* For a test of every table: the row whose two texts take different printf arguments, or repeats a key; NULL = sound.
 */
const struct message_row *message_unsound(const struct messages *table);

#endif
