/* The secret of a session, what is kept of it, and what a page must send with whatever it changes. */
#include <criterion/criterion.h>
#include <string.h>

#include "services/board/token.h"

static struct token token_of(uint8_t fill) {
    struct token token;
    memset(token.bytes, fill, sizeof token.bytes);
    return token;
}

Test(token, comes_back_as_the_cookie_has_it) {
    struct error err;
    for (int i = 0; i < 32; i++) {
        struct token token, again;
        char cookie[TOKEN_COOKIE_MAX];
        cr_assert_eq(token_make(&token, &err), ERROR_OK, "%s", err.message);
        token_cookie(&token, cookie);
        cr_assert_eq(strncmp(cookie, "__Host-duban=", 13), 0, "%s", cookie);
        cr_assert(token_read((struct slice){cookie + 13, TOKEN_TEXT}, &again), "%s", cookie);
        cr_expect_arr_eq(again.bytes, token.bytes, TOKEN_BYTES);
    }
}

Test(token, the_cookie_is_of_this_host_alone_and_out_of_reach) {
    struct token token = token_of(0);
    char cookie[TOKEN_COOKIE_MAX];
    token_cookie(&token, cookie);
    cr_expect_str_eq(cookie,
                     "__Host-duban=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; Path=/; Max-Age=604800; HttpOnly; "
                     "Secure; SameSite=Lax");
    token_cookie(NULL, cookie);
    cr_expect_str_eq(cookie, "__Host-duban=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax");
}

Test(token, other_texts_are_none) {
    static const char *const wrong[] = {
        "",
        "A",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",   /* 42 */
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* 44 */
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",  /* the same bytes, written otherwise */
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAA/AAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAA\"AAAAAAAAAAAAAAAAAAAAAA"};
    struct token token;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(token_read(slice_of(wrong[i]), &token), "%s", wrong[i]);
}

Test(token, what_is_kept_and_what_is_sent_do_not_give_it_away) {
    struct token one = token_of(1), other = token_of(2);
    uint8_t hash[TOKEN_HASH], another[TOKEN_HASH];
    char csrf[CSRF_TEXT_MAX], again[CSRF_TEXT_MAX];
    token_hash(&one, hash);
    token_hash(&other, another);
    cr_expect_neq(memcmp(hash, one.bytes, TOKEN_HASH), 0);
    cr_expect_neq(memcmp(hash, another, TOKEN_HASH), 0);
    token_csrf(&one, csrf);
    token_csrf(&one, again);
    cr_expect_str_eq(csrf, again, "of one session always the same");
    cr_expect_eq(strlen(csrf), 32);
    token_csrf(&other, again);
    cr_expect_str_neq(csrf, again);
    token_csrf_named(&one, "李四", again);
    cr_expect_str_neq(csrf, again);
    token_csrf_named(&one, "孙七", csrf);
    cr_expect_str_neq(csrf, again);
}

Test(token, only_the_whole_csrf_token_is_it) {
    struct token token = token_of(3);
    char csrf[CSRF_TEXT_MAX], wrong[CSRF_TEXT_MAX];
    token_csrf(&token, csrf);
    cr_expect(token_csrf_is(csrf, csrf));
    memcpy(wrong, csrf, sizeof wrong);
    wrong[31] = wrong[31] == '0' ? '1' : '0';
    cr_expect_not(token_csrf_is(wrong, csrf));
    wrong[31] = '\0';
    cr_expect_not(token_csrf_is(wrong, csrf));
    cr_expect_not(token_csrf_is(NULL, csrf));
    cr_expect_not(token_csrf_is("", csrf));
    cr_expect_not(token_csrf_is("", ""), "who has none cannot send it");
}
