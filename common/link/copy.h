/* Rows for COPY … FROM STDIN (FORMAT binary), built in memory: copy_begin, then for each row copy_row and exactly that
 * many values (binary.h, into &copy->bytes), then copy_end. The buffer's memory is kept from one use to the next. Pure. */
#ifndef DUBAN_LINK_COPY_H
#define DUBAN_LINK_COPY_H

#include "common/link/binary.h"

struct copy {
    struct buffer bytes;
    size_t rows;
};

void copy_begin(struct copy *copy); /* empties it */
void copy_row(struct copy *copy, int16_t columns);
void copy_end(struct copy *copy);
void copy_finish(struct copy *copy);

#endif
