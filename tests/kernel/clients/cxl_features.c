/*
 * Reads and changes the features of a CXL memory device, in the order that the
 * kernel's document userspace-api/fwctl/fwctl-cxl.rst describes:
 *
 *     cxl_features [/dev/fwctl/fwctlN]
 *
 * Without a node it takes the first of type CXL. It asks for FWCTL_INFO, for how
 * many features there are, for their entries, and reads each that can be read.
 * Each that can be set is set to its value with all bits turned, with the scope
 * that its effects ask for, read back, and set to what it was.
 *
 * The structs are those of include/uapi/fwctl/{fwctl,cxl}.h and
 * include/uapi/cxl/features.h, written out; little-endian machines only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FWCTL_INFO _IO(0x9A, 0)
#define FWCTL_RPC _IO(0x9A, 1)

enum { TYPE_CXL = 2 };
enum { CONFIGURATION, DEBUG_READ_ONLY, DEBUG_WRITE, DEBUG_WRITE_FULL };
enum { GET_SUPPORTED = 0x500, GET_FEATURE, SET_FEATURE };
/* Effects at once: on configuration, data, policy or log. */
enum { IMMEDIATE = 0x1e };
/* Most bytes of a feature that is changed here, and of the header before them. */
enum { LONGEST = 512, SET_HEADER = 32 };

struct info {
	uint32_t size, flags, type, data_len;
	uint64_t data;
};

struct rpc {
	uint32_t size, scope, in_len, out_len;
	uint64_t in, out;
};

struct request {
	uint32_t opcode, flags, op_size, reserved;
	uint8_t payload[SET_HEADER + LONGEST];
};

struct response {
	uint32_t size, retval;
	uint8_t payload[4096];
};

struct entry {
	uint8_t uuid[16];
	uint16_t id, get_size, set_size;
	uint32_t flags;
	uint8_t get_version, set_version;
	uint16_t effects;
	uint8_t reserved[18];
} __attribute__((packed));

static struct request request;
static struct response response;

/* 0, or the errno, or the mailbox's own answer. */
static int command(int fd, uint32_t scope, uint32_t opcode, size_t size,
		   size_t room)
{
	struct rpc rpc = {
		.size = sizeof(rpc),
		.scope = scope,
		.in_len = 16 + size,
		.out_len = 8 + room,
		.in = (uintptr_t)&request,
		.out = (uintptr_t)&response,
	};

	request.opcode = opcode;
	request.flags = request.reserved = 0;
	request.op_size = size;
	memset(&response, 0, sizeof(response));
	if (ioctl(fd, FWCTL_RPC, &rpc))
		return errno;
	return response.retval;
}

static int supported(int fd, uint32_t bytes)
{
	memset(request.payload, 0, 8);
	memcpy(request.payload, &bytes, 4);
	return command(fd, CONFIGURATION, GET_SUPPORTED, 8, bytes);
}

static int get(int fd, const struct entry *entry)
{
	uint8_t *in = request.payload;

	memset(in, 0, 21);
	memcpy(in, entry->uuid, 16);
	memcpy(in + 18, &entry->get_size, 2);
	return command(fd, CONFIGURATION, GET_FEATURE, 21, entry->get_size);
}

static int set(int fd, const struct entry *entry, const uint8_t *value)
{
	uint8_t *in = request.payload;
	uint32_t scope = entry->effects & IMMEDIATE ? DEBUG_WRITE_FULL
						    : DEBUG_WRITE;

	memset(in, 0, SET_HEADER);
	memcpy(in, entry->uuid, 16);
	in[22] = entry->set_version;
	memcpy(in + SET_HEADER, value, entry->set_size);
	return command(fd, scope, SET_FEATURE,
		       SET_HEADER + entry->set_size, 0);
}

static void print_hex(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length && i < 32; i++)
		printf("%02x", bytes[i]);
	if (length > 32)
		printf("…");
}

static int turn(int fd, const struct entry *entry, size_t length)
{
	uint8_t before[LONGEST], after[LONGEST] = { 0 };
	int failed, wrong = 0;

	memcpy(before, response.payload, length);
	for (size_t i = 0; i < length; i++)
		after[i] = ~before[i];
	failed = set(fd, entry, after);
	printf("  set to ");
	print_hex(after, length);
	if (failed) {
		printf(": refused with %d\n", failed);
		return 0;
	}
	failed = get(fd, entry);
	if (!failed && !memcmp(response.payload, after, length))
		printf(", read back");
	else if (!failed && !(entry->effects & IMMEDIATE))
		printf(", reads as before until a reset");
	else
		wrong = 1;
	if (set(fd, entry, before) || get(fd, entry) ||
	    memcmp(response.payload, before, length))
		wrong = 1;
	printf(wrong ? ", and something is wrong\n" : ", set back\n");
	return wrong;
}

static int is_cxl(int fd, struct info *info)
{
	static uint32_t data;

	*info = (struct info){ .size = sizeof(*info), .data_len = sizeof(data),
			       .data = (uintptr_t)&data };
	return !ioctl(fd, FWCTL_INFO, info) && info->type == TYPE_CXL && !data;
}

static int first(struct info *info)
{
	char path[64];

	for (int i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), "/dev/fwctl/fwctl%d", i);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (is_cxl(fd, info))
			return fd;
		close(fd);
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct info info;
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CLOEXEC) : first(&info);

	if (fd < 0 || !is_cxl(fd, &info)) {
		fprintf(stderr, "no CXL device\n");
		return 1;
	}
	printf("a CXL device, %u bytes about it\n", info.data_len);

	if (supported(fd, 8)) {
		fprintf(stderr, "Get Supported Features failed\n");
		return 1;
	}
	uint16_t count;
	memcpy(&count, response.payload + 2, 2);
	printf("%u features\n", count);

	size_t bytes = 8 + count * sizeof(struct entry);
	if (bytes > sizeof(response.payload) || supported(fd, bytes))
		return 1;
	struct entry *entries = malloc(bytes);
	memcpy(entries, response.payload + 8, bytes - 8);
	int wrong = 0;
	for (int i = 0; i < count; i++) {
		struct entry *entry = &entries[i];

		print_hex(entry->uuid, 16);
		printf(" effects 0x%04x, get %u bytes, set %u: ",
		       entry->effects, entry->get_size, entry->set_size);
		int failed = get(fd, entry);
		if (failed) {
			printf("refused with %d\n", failed);
			continue;
		}
		size_t length = response.size;
		if (length > entry->get_size)
			return 1;
		print_hex(response.payload, length);
		printf("\n");
		if ((entry->flags & 1) && length <= LONGEST &&
		    entry->set_size == length)
			wrong += turn(fd, entry, length);
	}
	free(entries);
	close(fd);
	return wrong != 0;
}
