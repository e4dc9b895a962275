/* What was said and decided (kinds 16 and above), in words with the names of those who did. Pure. */
#ifndef DUBAN_REPORT_DESK_WORDS_H
#define DUBAN_REPORT_DESK_WORDS_H

#include "common/base/buffer.h"
#include "proto/event.h"

/* "李四 同意延到2022-03-31（广改办〔2021〕9号）". Nothing for kinds below 16 and for what cannot be read. */
void desk_words(uint32_t kind, struct slice more, struct buffer *out);
/* Who decided, answered, asked; nil = not said. */
struct slice desk_by(uint32_t kind, struct slice more);

#endif
