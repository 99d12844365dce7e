// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Stands in for pds_core under the upstream pds_fwctl: the admin queue that
 * driver calls, a deterministic firmware behind it, and the auxiliary device it
 * binds to. drivers/pds/stub.ts is the same firmware in TypeScript.
 *
 *   IDENT	requests up to 1024 bytes, responses up to 2048
 *   QUERY	four endpoints: 1, 0x20, 0x30 and 0x40; their operations are in the
 *		table below. 0x30 does not answer (EIO), 0x40 has none.
 *   RPC	every byte of the response is the request's xor 0x5a; past the end of
 *		the request it stays zero. By the low 16 bits of the operation: 0x10
 *		reports error 0x0bad0010 as well, 0x11 ends with EIO, 0x12 with
 *		ETIMEDOUT.
 */
#include <linux/auxiliary_bus.h>
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#include <linux/pds/pds_common.h>
#include <linux/pds/pds_core_if.h>
#include <linux/pds/pds_adminq.h>
#include <linux/pds/pds_auxbus.h>

#define VERSIONED(version, command)	((version) << 16 | (command))

static const struct operation {
	u32 endpoint, id;
	u8 scope;
} operations[] = {
	{ 0x01, 1, PDSFC_FW_CMD_ATTR_READ },
	{ 0x01, 2, PDSFC_FW_CMD_ATTR_DEBUG_READ },
	{ 0x01, 3, PDSFC_FW_CMD_ATTR_WRITE },
	{ 0x01, 4, PDSFC_FW_CMD_ATTR_DEBUG_WRITE },
	{ 0x01, 5, PDSFC_FW_CMD_ATTR_SYNC },
	{ 0x01, 6, 0x20 },				/* an attribute nobody knows */
	{ 0x01, VERSIONED(3, 7), PDSFC_FW_CMD_ATTR_READ },
	{ 0x20, 0x10, PDSFC_FW_CMD_ATTR_READ },
	{ 0x20, 0x11, PDSFC_FW_CMD_ATTR_READ },
	{ 0x20, 0x12, PDSFC_FW_CMD_ATTR_READ },
	{ 0x20, 0x01, PDSFC_FW_CMD_ATTR_DEBUG_WRITE },
};

static const u32 endpoints[] = { 0x01, 0x20, 0x30, 0x40 };

/* what the tests read under /sys/module/standin_pds/parameters */
static uint queries, rpcs;
module_param(queries, uint, 0444);
module_param(rpcs, uint, 0444);

/* This device has no IOMMU: the address a device would use is the memory's own. */
static void *memory_at(__le64 address)
{
	return phys_to_virt(le64_to_cpu(address));
}

static u32 list_operations(u32 endpoint, struct pds_fwctl_query_data_operation *to)
{
	u32 n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		if (operations[i].endpoint != endpoint)
			continue;
		to[n].id = cpu_to_le32(operations[i].id);
		to[n].scope = operations[i].scope;
		n++;
	}
	return n;
}

static int query(const struct pds_fwctl_query_cmd *cmd)
{
	struct pds_fwctl_query_data *data = memory_at(cmd->query_data_buf_pa);
	void *entries = data + 1;
	u32 n;

	queries++;
	memset(data, 0, le32_to_cpu(cmd->query_data_buf_len));
	if (cmd->entity == PDS_FWCTL_RPC_ROOT) {
		__le32 *ids = entries;

		for (n = 0; n < ARRAY_SIZE(endpoints); n++)
			ids[n] = cpu_to_le32(endpoints[n]);
	} else if (le32_to_cpu(cmd->ep) == 0x30) {
		return -EIO;
	} else {
		n = list_operations(le32_to_cpu(cmd->ep), entries);
	}
	data->num_entries = cpu_to_le32(n);
	return 0;
}

static int rpc(const struct pds_fwctl_rpc_cmd *cmd, struct pds_fwctl_rpc_comp *comp)
{
	u32 len = min(le32_to_cpu(cmd->req_sz), le32_to_cpu(cmd->resp_sz)), at;
	u16 operation = le32_to_cpu(cmd->op);

	rpcs++;
	switch (operation) {
	case 0x11:
		return -EIO;
	case 0x12:
		return -ETIMEDOUT;
	}
	for (at = 0; at < len; at++) {
		const u8 *from = memory_at(cmd->req_pa);
		u8 *to = memory_at(cmd->resp_pa);

		to[at] = from[at] ^ 0x5a;
	}
	comp->err = cpu_to_le32(operation == 0x10 ? 0x0bad0010 : 0);
	comp->resp_sz = cpu_to_le32(len);
	return 0;
}

int pds_client_adminq_cmd(struct pds_auxiliary_dev *padev, union pds_core_adminq_cmd *req,
			  size_t req_len, union pds_core_adminq_comp *resp, u64 flags)
{
	struct pds_fwctl_ident *ident;

	switch (req->opcode) {
	case PDS_FWCTL_CMD_IDENT:
		ident = memory_at(req->fwctl_ident.ident_pa);
		memset(ident, 0, sizeof(*ident));
		ident->max_req_sz = cpu_to_le32(1024);
		ident->max_resp_sz = cpu_to_le32(2048);
		return 0;
	case PDS_FWCTL_CMD_QUERY:
		return query(&req->fwctl_query);
	case PDS_FWCTL_CMD_RPC:
		return rpc(&req->fwctl_rpc, &resp->fwctl_rpc);
	default:
		return -EINVAL;
	}
}
EXPORT_SYMBOL_GPL(pds_client_adminq_cmd);

static void release_nothing(struct device *dev)
{
}

static struct pds_auxiliary_dev function = {
	.aux_dev = { .name = PDS_DEV_TYPE_FWCTL_STR, .dev.release = release_nothing },
};

/* After the three mlx5 devices comes this one. */
static int __init standin_init(void)
{
	struct pci_dev *pdev = NULL;
	int n, err;

	for (n = 0; n <= 3; n++) {
		pdev = pci_get_device(0x1b36, 0x0005, pdev);
		if (!pdev)
			return -ENODEV;
	}
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(PDS_CORE_ADDR_LEN));
	if (err)
		return err;
	function.vf_pdev = pdev;
	function.aux_dev.dev.parent = &pdev->dev;
	err = auxiliary_device_init(&function.aux_dev);
	return err ?: __auxiliary_device_add(&function.aux_dev, PDS_CORE_DRV_NAME);
}

/* It is never unloaded: the machine is thrown away with it. */
module_init(standin_init);
MODULE_DESCRIPTION("Stands in for pds_core: a deterministic firmware under pds_fwctl");
MODULE_LICENSE("Dual MIT/GPL");
