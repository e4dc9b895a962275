#include "common/link/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/file.h"

enum { KEY_FILE_MAX = 4096, KEY_TEXT_LEN = KEY_TEXT_MAX - 1 };

enum error_code key_pair_make(struct key_pair *out, struct error *err) {
    do {
        if (zmq_curve_keypair(out->public_key, out->secret_key) != 0)
            return error_set(err, ERROR_IO, "cannot make a CURVE key pair: %s", zmq_strerror(zmq_errno()));
    } while (out->public_key[0] == '-'); /* so that no command line takes a public key for an option */
    return ERROR_OK;
}

void key_pair_wipe(struct key_pair *pair) {
    sodium_memzero(pair, sizeof *pair);
}

/* Z85 has no '"', '\'' or space; libzmq's decoder does not check all of its input. */
static bool is_z85(const char *text, size_t len) {
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    if (len != KEY_TEXT_LEN) return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0' || !strchr(alphabet, text[i])) return false;
    return true;
}

bool key_to_bytes(const char *text, uint8_t out[KEY_BYTES]) {
    return text && is_z85(text, strlen(text)) && zmq_z85_decode(out, text) != NULL;
}

void key_to_text(const uint8_t bytes[KEY_BYTES], char out[KEY_TEXT_MAX]) {
    (void)zmq_z85_encode(out, bytes, KEY_BYTES);
}

void key_fingerprint(const char *public_key, char out[KEY_FINGERPRINT_MAX]) {
    uint8_t key[KEY_BYTES], hash[crypto_generichash_BYTES_MIN];
    out[0] = '\0';
    if (!key_to_bytes(public_key, key)) return;
    if (crypto_generichash(hash, sizeof hash, key, sizeof key, NULL, 0) != 0) return;
    size_t len = 0;
    for (size_t group = 0; group < 5; group++) {
        const uint8_t *at = hash + 3 * group;
        unsigned number = ((unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2]) % 100000;
        len += (size_t)snprintf(out + len, KEY_FINGERPRINT_MAX - len, "%s%05u", group ? " " : "", number);
    }
}

static enum error_code write_new(const char *file, mode_t mode, const char *text, struct error *err) {
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno == EEXIST)
        return error_set(err, ERROR_CONFLICT, "%s exists; a key is never overwritten: choose another name or remove it",
                         file);
    if (fd < 0) return error_set_errno(err, ERROR_IO, errno, "cannot make %s", file);
    size_t len = strlen(text);
    int failed = 0;
    if (fchmod(fd, mode) != 0 || write(fd, text, len) != (ssize_t)len || fsync(fd) != 0) failed = errno ? errno : EIO;
    if (close(fd) != 0 && !failed) failed = errno;
    if (!failed) return ERROR_OK;
    (void)unlink(file);
    return error_set_errno(err, ERROR_IO, failed, "cannot write %s", file);
}

enum error_code key_pair_save(const struct key_pair *pair, const char *file, struct error *err) {
    CLEAN(buffer_finish) struct buffer name = {0};
    buffer_printf(&name, "%s.pub", file);
    if (name.failed) return error_set(err, ERROR_MEMORY, "no memory");
    char text[256];
    (void)snprintf(text, sizeof text,
                   "# CURVE key pair of duban. Keep this file to yourself; the public key alone is in the .pub file.\n"
                   "public %s\nsecret %s\n",
                   pair->public_key, pair->secret_key);
    enum error_code code = write_new(file, 0600, text, err);
    sodium_memzero(text, sizeof text);
    if (code != ERROR_OK) return code;
    (void)snprintf(text, sizeof text, "%s\n", pair->public_key);
    code = file_write(buffer_text(&name), text, strlen(text), 0644, err);
    if (code != ERROR_OK) (void)unlink(file);
    return code;
}

/* The value behind `word ` at the beginning of a line. */
static bool find_value(const char *text, const char *word, char out[KEY_TEXT_MAX]) {
    size_t word_len = strlen(word);
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
        if (strncmp(line, word, word_len) != 0 || line[word_len] != ' ') continue;
        const char *value = line + word_len + 1;
        size_t len = strcspn(value, "\r\n");
        if (!is_z85(value, len)) return false;
        memcpy(out, value, len);
        out[len] = '\0';
        return true;
    }
    return false;
}

static enum error_code check_private(const char *file, struct error *err) {
    struct stat info;
    if (stat(file, &info) != 0) return error_set_errno(err, ERROR_IO, errno, "cannot read the key %s", file);
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return error_set(err, ERROR_REFUSED, "others may read the secret key %s (mode %03o): chmod 600 it, and make a new "
                         "pair if somebody may have seen it", file, (unsigned)(info.st_mode & 0777));
    return ERROR_OK;
}

enum error_code key_pair_load(const char *file, struct key_pair *out, struct error *err) {
    enum error_code code = check_private(file, err);
    if (code != ERROR_OK) return code;
    struct buffer text = {0};
    code = file_read(file, KEY_FILE_MAX, &text, err);
    char derived[KEY_TEXT_MAX];
    if (code == ERROR_OK && (!find_value(buffer_text(&text), "public", out->public_key) ||
                             !find_value(buffer_text(&text), "secret", out->secret_key)))
        code = error_set(err, ERROR_INPUT, "%s is not a key pair of duban: it wants the lines \"public …\" and \"secret …\"",
                         file);
    if (code == ERROR_OK && (zmq_curve_public(derived, out->secret_key) != 0 || strcmp(derived, out->public_key) != 0))
        code = error_set(err, ERROR_REFUSED, "the two keys in %s do not belong together: make a new pair", file);
    if (text.data) sodium_memzero(text.data, text.capacity);
    buffer_finish(&text);
    if (code != ERROR_OK) key_pair_wipe(out);
    return code;
}

enum error_code key_public_read(const char *text_or_file, char out[KEY_TEXT_MAX], struct error *err) {
    if (is_z85(text_or_file, strlen(text_or_file))) {
        memcpy(out, text_or_file, KEY_TEXT_MAX);
        return ERROR_OK;
    }
    CLEAN(buffer_finish) struct buffer text = {0};
    enum error_code code = file_read(text_or_file, KEY_FILE_MAX, &text, err);
    if (code != ERROR_OK) return code;
    const char *value = buffer_text(&text);
    size_t len = strcspn(value, "\r\n");
    if (!is_z85(value, len)) {
        if (find_value(value, "public", out)) return ERROR_OK;
        return error_set(err, ERROR_INPUT, "%s is neither a public key (40 characters of Z85) nor a .pub file",
                         text_or_file);
    }
    memcpy(out, value, len);
    out[len] = '\0';
    return ERROR_OK;
}
