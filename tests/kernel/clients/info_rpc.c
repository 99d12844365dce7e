/*
 * Asks a fwctl device what it is and sends it one request:
 *
 *     info_rpc /dev/fwctl/fwctl0 SCOPE REQUEST-HEX RESPONSE-LENGTH
 *
 * Prints the device type and its data, then the errno or the response, in hex;
 * the same lines as info_rpc.py. The structs are those of
 * include/uapi/fwctl/fwctl.h, written out so that no header of Linux 6.15 or
 * later is needed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct fwctl_info {
	uint32_t size, flags, out_device_type, device_data_len;
	uint64_t out_device_data;
};

struct fwctl_rpc {
	uint32_t size, scope, in_len, out_len;
	uint64_t in, out;
};

#define FWCTL_INFO _IO(0x9A, 0)
#define FWCTL_RPC _IO(0x9A, 1)

static void print_hex(const char *name, const uint8_t *bytes, size_t length)
{
	printf("%s ", name);
	if (!length)
		printf("-");
	for (size_t i = 0; i < length; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: info_rpc NODE SCOPE HEX LENGTH\n");
		return 2;
	}
	size_t in_len = strlen(argv[3]) / 2, room = strtoul(argv[4], NULL, 10);
	uint8_t data[64] = { 0 };
	uint8_t *in = calloc(1, in_len + 1), *out = calloc(1, room + 1);
	int fd = open(argv[1], O_RDWR | O_CLOEXEC);

	if (fd < 0 || !in || !out) {
		perror(argv[1]);
		return 1;
	}
	for (size_t i = 0; i < in_len; i++)
		sscanf(argv[3] + 2 * i, "%2hhx", &in[i]);

	struct fwctl_info info = {
		.size = sizeof(info),
		.device_data_len = sizeof(data),
		.out_device_data = (uintptr_t)data,
	};
	if (ioctl(fd, FWCTL_INFO, &info)) {
		perror("FWCTL_INFO");
		return 1;
	}
	printf("type %u ", info.out_device_type);
	print_hex("data", data, info.device_data_len);

	struct fwctl_rpc rpc = {
		.size = sizeof(rpc),
		.scope = strtoul(argv[2], NULL, 10),
		.in_len = in_len,
		.out_len = room,
		.in = (uintptr_t)in,
		.out = (uintptr_t)out,
	};
	if (ioctl(fd, FWCTL_RPC, &rpc))
		printf("errno %d\n", errno);
	else
		print_hex("response", out, rpc.out_len < room ? rpc.out_len : room);
	return close(fd);
}
