// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Stands in for bnxt_en under the upstream bnxt_fwctl: the function that driver
 * calls, a deterministic firmware behind it, and the auxiliary device it binds
 * to. drivers/bnxt/stub.ts is the same firmware in TypeScript.
 *
 * Every answer is 64 bytes, cut to the caller's buffer: error_code, req_type and
 * seq_id of the request, resp_len 64, then bytes that count up from
 * req_type + sum of the request's bytes from 8 on, and last the valid byte, 1.
 *
 *   target_id 0xeeCC	the same with error_code CC, and an error to the driver
 *   target_id 0xedEE	no answer; the call ends with errno EE
 *
 * Kernels that know FWCTL_BNXT_DMA_COMMANDS put addresses of their own buffers
 * into some requests. The firmware takes what they say it should read into the
 * sum, in place of the address, and fills what it should write with bytes that
 * count up from req_type; it knows which by the table below, as a real one does.
 *
 * /sys/module/standin_bnxt/parameters: `flags` are the device's (8 is
 * ULP_STOPPED), `last_timeout` is what the driver allowed the last request in ms.
 */
#include <linux/auxiliary_bus.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/unaligned.h>
#include <linux/bnxt/hsi.h>
#include <linux/bnxt/ulp.h>
#if __has_include(<uapi/fwctl/bnxt.h>)
#include <uapi/fwctl/bnxt.h>
#endif

enum { ANSWER = 64 };

static struct bnxt_en_dev function;
static int last_timeout;
module_param_named(flags, function.flags, uint, 0644);
module_param(last_timeout, int, 0444);

#ifdef FWCTL_BNXT_MAX_DMABUF
#include "bnxt_buffers.h"

/* Reads or fills the buffers of a request; returns what they add to the sum. */
static u8 use_buffers(u8 *copy, u16 req_type)
{
	u8 sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(buffers); i++) {
		const struct buffer *b = &buffers[i];
		u8 *memory;
		u32 len, at;

		if (b->req_type != req_type)
			continue;
		memory = phys_to_virt(get_unaligned_le64(copy + b->address));
		memset(copy + b->address, 0, sizeof(u64));
		len = !b->length ? b->fixed :
		      b->width == 2 ? get_unaligned_le16(copy + b->length) :
				      get_unaligned_le32(copy + b->length);
		len *= b->unit;
		for (at = 0; at < len; at++)
			if (b->reads)
				sum += memory[at];
			else
				memory[at] = req_type + at;
	}
	return sum;
}
#else
static u8 use_buffers(u8 *copy, u16 req_type)
{
	return 0;
}
#endif

int bnxt_send_msg(struct bnxt_en_dev *edev, struct bnxt_fw_msg *msg)
{
	const struct input *request = msg->msg;
	u16 target = le16_to_cpu(request->target_id);
	u16 req_type = le16_to_cpu(request->req_type);
	u8 buf[ANSWER], copy[HWRM_MAX_REQ_LEN], sum = req_type;
	struct output *response = (void *)buf;
	int at;

	last_timeout = msg->timeout;
	if (target >> 8 == 0xed)
		return -(target & 0xff);
	memcpy(copy, msg->msg, min_t(size_t, msg->msg_len, sizeof(copy)));
	sum += use_buffers(copy, req_type);
	for (at = 8; at < msg->msg_len; at++)
		sum += copy[at];
	response->error_code = cpu_to_le16(target >> 8 == 0xee ? target & 0xff : 0);
	response->req_type = request->req_type;
	response->seq_id = request->seq_id;
	response->resp_len = cpu_to_le16(ANSWER);
	for (at = sizeof(*response); at < ANSWER - 1; at++)
		buf[at] = sum + (at - sizeof(*response));
	buf[ANSWER - 1] = 1;
	memcpy(msg->resp, buf, min_t(int, ANSWER, msg->resp_max_len));
	return response->error_code ? -EIO : 0;
}
EXPORT_SYMBOL(bnxt_send_msg);

static void release_nothing(struct device *dev)
{
}

static struct bnxt_aux_priv auxiliary = {
	.aux_dev = { .name = "fwctl", .dev.release = release_nothing },
	.edev = &function,
};

/* After three mlx5 devices and the pds device comes this one. */
static int __init standin_init(void)
{
	struct pci_dev *pdev = NULL;
	int n, err;

	for (n = 0; n <= 4; n++) {
		pdev = pci_get_device(0x1b36, 0x0005, pdev);
		if (!pdev)
			return -ENODEV;
	}
	mutex_init(&function.en_dev_lock);
	function.pdev = pdev;
	auxiliary.aux_dev.dev.parent = &pdev->dev;
	err = auxiliary_device_init(&auxiliary.aux_dev);
	return err ?: __auxiliary_device_add(&auxiliary.aux_dev, "bnxt_en");
}

/* It is never unloaded: the machine is thrown away with it. */
module_init(standin_init);
MODULE_DESCRIPTION("Stands in for bnxt_en: a deterministic firmware under bnxt_fwctl");
MODULE_LICENSE("Dual MIT/GPL");
