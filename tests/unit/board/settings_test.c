/* The table of the board's configuration, and what it forbids. */
#include <criterion/criterion.h>
#include <string.h>

#include "services/board/scope.h"
#include "services/board/settings.h"

Test(settings, the_table_is_sound) {
    const struct config_field *field = config_unsound(&board_program);
    cr_expect_null(field, "%s", field ? field->key : "");
}

Test(settings, addresses_are_numbers) {
    struct listen_address address;
    cr_assert(listen_address_read("127.0.0.1:8090", &address));
    cr_expect(address.loopback && !address.six && address.port == 8090);
    cr_assert(listen_address_read("[::1]:80", &address));
    cr_expect(address.loopback && address.six);
    cr_assert(listen_address_read("0.0.0.0:443", &address));
    cr_expect_not(address.loopback);
    static const char *const wrong[] = {"8090", "localhost:8090", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "[::1:80", ":80", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(listen_address_read(wrong[i], &address), "%s", wrong[i]);
}

static struct error err;

static enum error_code check(struct settings settings) {
    return settings_check(&settings, &err);
}

Test(settings, without_tls_only_this_machine_is_served) {
    cr_expect_eq(check((struct settings){.listen = "127.0.0.1:8090"}), ERROR_OK);
    cr_expect_eq(check((struct settings){.listen = "0.0.0.0:8090"}), ERROR_INPUT);
    cr_expect_eq(check((struct settings){.listen = "0.0.0.0:8090", .certificate = "c"}), ERROR_INPUT);
    cr_expect_eq(check((struct settings){.listen = "0.0.0.0:8090", .certificate = "c", .key = "k"}), ERROR_OK);
    cr_expect_eq(check((struct settings){.listen = "somewhere"}), ERROR_INPUT);
}

Test(settings, liberties_of_a_rehearsal_are_its_own) {
    struct settings open = {.listen = "127.0.0.1:8090", .rehearsal_role = ROLE_OFFICE};
    cr_expect_eq(check(open), ERROR_INPUT);
    open.clock = "clock";
    cr_expect_eq(check(open), ERROR_OK);
    open.listen = "0.0.0.0:8443";
    open.certificate = open.key = "x";
    cr_expect_eq(check(open), ERROR_INPUT);
    cr_expect_eq(check((struct settings){.listen = "127.0.0.1:8090", .auth = AUTH_HEADER}), ERROR_INPUT);
}
