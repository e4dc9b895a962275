/* Bytes of a file → UTF-8 text, or the reason why not. Decides by content, never by the name's ending. Pure. */
#ifndef DUBAN_COLLECTOR_DECODE_H
#define DUBAN_COLLECTOR_DECODE_H

#include "common/base/buffer.h"
#include "common/base/text.h"
#include "services/collector/refusal.h"

struct decoded {
    enum text_encoding encoding;
    bool bom; /* the file began with one */
    struct buffer text;
};

/* False: *refusal says why (texts in the arena). out wants decoded_finish either way. */
bool decode(struct slice bytes, struct arena *arena, struct decoded *out, struct refusal *refusal);
void decoded_finish(struct decoded *decoded);

/* A zip file, as workbooks are: for workbook.h, which says what is in it. */
bool decode_is_zip(struct slice bytes);

/* Whether a file that is still being written could look so: true when it ends with a line break in its own encoding, a
 * zip file with its directory, or is no text at all (then decode refuses it). An empty file is not whole. */
bool decode_is_whole(struct slice bytes);

#endif
