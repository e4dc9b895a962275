#include "common/link/keys.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct error err;

Test(keys, are_saved_for_their_owner_alone_and_never_overwritten) {
    char folder[] = "/tmp/duban-keys-XXXXXX", file[64], pub[64], text[KEY_TEXT_MAX];
    struct key_pair made, read;
    struct stat info;
    cr_assert(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/a.key", folder);
    (void)snprintf(pub, sizeof pub, "%s/a.key.pub", folder);
    cr_assert_eq(key_pair_make(&made, &err), ERROR_OK);
    cr_assert_eq(key_pair_save(&made, file, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(stat(file, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0600);
    cr_expect_eq(key_pair_save(&made, file, &err), ERROR_CONFLICT);
    cr_assert_eq(key_pair_load(file, &read, &err), ERROR_OK, "%s", err.message);
    cr_expect_str_eq(read.secret_key, made.secret_key);
    cr_assert_eq(key_public_read(pub, text, &err), ERROR_OK, "%s", err.message);
    cr_expect_str_eq(text, made.public_key);
    cr_assert_eq(chmod(file, 0640), 0);
    cr_expect_eq(key_pair_load(file, &read, &err), ERROR_REFUSED);
    (void)unlink(file);
    (void)unlink(pub);
    (void)rmdir(folder);
}

Test(keys, fingerprints_are_five_groups_of_five_digits) {
    struct key_pair pair;
    char fingerprint[KEY_FINGERPRINT_MAX], text[KEY_TEXT_MAX];
    uint8_t bytes[KEY_BYTES];
    cr_assert_eq(key_pair_make(&pair, &err), ERROR_OK);
    key_fingerprint(pair.public_key, fingerprint);
    cr_expect_eq(strlen(fingerprint), 29);
    for (size_t i = 0; i < 29; i++) cr_expect(i % 6 == 5 ? fingerprint[i] == ' ' : fingerprint[i] >= '0' && fingerprint[i] <= '9');
    cr_expect(key_to_bytes(pair.public_key, bytes));
    key_to_text(bytes, text);
    cr_expect_str_eq(text, pair.public_key);
    key_fingerprint("not a key", fingerprint);
    cr_expect_str_eq(fingerprint, "");
}
