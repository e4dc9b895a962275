/* JSON as others build on it: figures are strings, days YYYY-MM-DD, instants RFC 3339 at +08:00, absent = null. */
#ifndef DUBAN_REPORT_JSON_H
#define DUBAN_REPORT_JSON_H

#include <jansson.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "proto/decimal.h"
#include "proto/event.h"

json_t *json_of_text(const char *text); /* NULL and "" = null */
json_t *json_of_slice(struct slice text);
json_t *json_of_day(struct day day);
json_t *json_of_instant(struct instant at);
json_t *json_of_decimal(bool has, struct decimal value);
json_t *json_of_uid(const uint8_t uid[EVENT_UID_BYTES]); /* as a UUID */
json_t *json_of_hex(const void *bytes, size_t len);
/* Text of figures: "31", "87/100", "done", "not_done"; null for none. */
json_t *json_of_figure(const struct figure *figure);

json_t *json_document(void); /* {"schema": 1} */
/* Writes it with a line break behind and frees it (NULL too: then out->failed is set). */
void json_print(json_t *document, struct buffer *out);

void uid_print(const uint8_t uid[EVENT_UID_BYTES], char out[37]);
bool uid_parse(const char *text, uint8_t out[EVENT_UID_BYTES]);
/* As people read it: "31", "87/100", "已完成", "未完成", "". */
void figure_words(const struct figure *figure, char *out, size_t capacity);

#endif
