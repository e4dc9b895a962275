/* CURVE key pairs: made here, kept in files that only their owner can read, named by a fingerprint that can be read
 * aloud over the telephone. Texts are Z85 with a final NUL. Saving and loading block on the disk. */
#ifndef DUBAN_LINK_KEYS_H
#define DUBAN_LINK_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum { KEY_BYTES = 32, KEY_TEXT_MAX = 41, KEY_FINGERPRINT_MAX = 32 };

struct key_pair {
    char public_key[KEY_TEXT_MAX];
    char secret_key[KEY_TEXT_MAX];
};

__attribute__((warn_unused_result)) enum error_code key_pair_make(struct key_pair *out, struct error *err);
/* FILE (0600) and FILE.pub (0644, one line: the public key). ERROR_CONFLICT when FILE exists: a key is never
 * overwritten. */
__attribute__((warn_unused_result)) enum error_code key_pair_save(const struct key_pair *pair, const char *file,
                                                                  struct error *err);
/* ERROR_REFUSED when others may read the file, or its two halves do not belong together. */
__attribute__((warn_unused_result)) enum error_code key_pair_load(const char *file, struct key_pair *out,
                                                                  struct error *err);
/* A public key given as 40 characters of Z85, or as the path of a .pub file. */
__attribute__((warn_unused_result)) enum error_code key_public_read(const char *text_or_file, char out[KEY_TEXT_MAX],
                                                                    struct error *err);
void key_pair_wipe(struct key_pair *pair);

bool key_to_bytes(const char *text, uint8_t out[KEY_BYTES]); /* false: not 40 characters of Z85 */
void key_to_text(const uint8_t bytes[KEY_BYTES], char out[KEY_TEXT_MAX]);
/* "48213 90512 77340 10293 55821": five groups of five digits out of the key's BLAKE2b hash; "" when not a key. */
void key_fingerprint(const char *public_key, char out[KEY_FINGERPRINT_MAX]);

#endif
