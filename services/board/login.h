/* Logins: the same time and the same words whether the name exists, the password is wrong or the account is locked. */
#ifndef DUBAN_BOARD_LOGIN_H
#define DUBAN_BOARD_LOGIN_H

#include "services/board/access.h"

/* The name somebody gave, for the record; "" = none. */
const char *login_name(const struct errand *errand);

#endif
