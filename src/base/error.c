#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <immure/base/error.h>

int fail(struct error *err, int code, const char *format, ...)
{
	va_list args;

	err->code = code;
	err->status = 0;
	err->hint[0] = '\0';
	va_start(args, format);
	(void)vsnprintf(err->what, sizeof(err->what), format, args);
	va_end(args);
	return -1;
}

int within(struct error *err, const char *format, ...)
{
	char inner[sizeof(err->what)];
	va_list args;

	memcpy(inner, err->what, sizeof(inner));
	va_start(args, format);
	int length = vsnprintf(err->what, sizeof(err->what), format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < sizeof(err->what))
		(void)snprintf(err->what + length, sizeof(err->what) - (size_t)length,
			       ": %s", inner);
	return -1;
}

int hint(struct error *err, const char *format, ...)
{
	size_t length = strlen(err->hint);
	va_list args;

	if (length > 0 && length + 1 < sizeof(err->hint))
		err->hint[length++] = '\n';
	va_start(args, format);
	(void)vsnprintf(err->hint + length, sizeof(err->hint) - length, format, args);
	va_end(args);
	return -1;
}

int with_status(struct error *err, int status)
{
	err->status = status;
	return -1;
}
