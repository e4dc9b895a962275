/* Resources that clean themselves up: `CLEAN(buffer_finish) struct buffer b = {0};`, `AUTO_FREE char *text = …;`
 * and TAKE(text) to hand ownership on. */
#ifndef DUBAN_BASE_CLEANUP_H
#define DUBAN_BASE_CLEANUP_H

#include <stdlib.h>

#define CLEAN(function) __attribute__((cleanup(function)))

/* The pointer's value; the variable itself becomes NULL, so that its cleanup does nothing. */
#define TAKE(pointer)                                                                                                  \
    __extension__({                                                                                                    \
        __typeof__(pointer) taken_ = (pointer);                                                                        \
        (pointer) = NULL;                                                                                              \
        taken_;                                                                                                        \
    })

static inline void cleanup_free(void *slot) {
    void **pointer = slot;
    free(*pointer);
}
#define AUTO_FREE CLEAN(cleanup_free)

#endif
