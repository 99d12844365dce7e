/**
 * Every mailbox command the CXL specification names, with what it does. The
 * kernel sends none of them through fwctl but the three feature commands; the
 * others are here so that a request is told from its number.
 *
 * Numbers and names: CXL 3.2, the tables of generic component, memory device
 * and FM API command opcodes (sections 8.2.10 and 7.6.7), as public
 * implementations list them. The effects are ours, from what the command's
 * section says; where a command was put into a class by its name alone, that is
 * Assumption:.
 *
 * @module
 */
import type { Effect } from "../../request.ts";

/** What a command is and does. */
export interface MailboxCommand {
  /** The specification's name. */
  readonly name: string;
  /** What happens when a device executes it. */
  readonly effect: Effect;
  /** Why that effect: a clause. */
  readonly reason: string;
  /** Of the catalogue in `drivers/groups.ts`; empty when none. */
  readonly groups: readonly string[];
}

/** First opcode that a vendor defines; all up to 0xffff are. */
export const VENDOR_OPCODE = 0xc000;

const READS = "it only reads";
const FABRIC = "it changes what other hosts of the fabric see";

/** number name | effect | groups | reason; `r` alone is a read that the specification calls harmless. */
const LINES = `
0001 Identify|r
0002 Background Operation Status|r
0003 Get Response Message Limit|r
0004 Set Response Message Limit|runtime||it changes how long the component's answers may be
0005 Request Abort Background Operation|runtime||it stops an operation another program may wait for
0100 Get Event Records|r
0101 Clear Event Records|runtime|event-log|it removes error records before others have read them
0102 Get Event Interrupt Policy|r
0103 Set Event Interrupt Policy|runtime|kernel-owned|it changes the interrupts the kernel relies on
0104 Get MCTP Event Interrupt Policy|r
0105 Set MCTP Event Interrupt Policy|runtime||it changes what the management controller is told
0106 Event Notification|runtime||it reports an event that may not have happened
0107 GFD Enhanced Event Notification|runtime|other-hosts|it reports an event to a fabric device
0108 GFD to GAE Enhanced Event Notification|runtime|other-hosts|it reports an event to an endpoint of the fabric
0109 Get GAM Buffer|r|other-hosts
010a Set GAM Buffer|runtime|other-hosts,memory-access|it says where the device writes into host memory
0200 Get FW Info|r
0201 Transfer FW|next-reset|firmware-update|it replaces a firmware image of the device
0202 Activate FW|disruptive|firmware-update,reset|it starts another firmware, now or at the next cold reset
0300 Get Timestamp|r
0301 Set Timestamp|runtime|kernel-owned|it sets the clock of the device's event records
0400 Get Supported Logs|r
0401 Get Log|r
0402 Get Log Capabilities|r
0403 Clear Log|runtime|event-log|it empties a log
0404 Populate Log|runtime|event-log|it makes the device fill a log in the background
0405 Get Supported Logs Sub-List|r
0600 Perform Maintenance|destructive|memory-access,data-plane|it repairs memory in place: the data there may be lost, hard repairs stay for ever
0700 Identify PBR Component|r
0701 Claim Ownership|disruptive|other-hosts|it takes the component away from another fabric manager
0702 Read CDAT|r
4000 Identify Memory Device|r
4100 Get Partition Info|r
4101 Set Partition Info|destructive|destructive,stored-configuration|it divides the memory anew: data in the part that changes is lost
4102 Get LSA|r
4103 Set LSA|destructive|destructive,stored-configuration|it overwrites the labels that say which namespaces persistent memory has
4200 Get Health Info|r
4201 Get Alert Configuration|r
4202 Set Alert Configuration|runtime|stored-configuration|it changes at which temperature and wear the device warns
4203 Get Shutdown State|r
4204 Set Shutdown State|runtime|kernel-owned|it says whether the last shutdown was clean
4300 Get Poison List|r
4301 Inject Poison|destructive|memory-access,data-plane|it marks memory as bad: whoever reads it takes a machine check
4302 Clear Poison|destructive|memory-access,destructive|it overwrites 64 bytes of memory
4303 Get Scan Media Capabilities|r
4304 Scan Media|runtime||it reads all memory in the background and slows the device
4305 Get Scan Media Results|r
4400 Sanitize|destructive|destructive,data-plane|it erases all data of the device, for ever
4401 Secure Erase|destructive|destructive,data-plane|it erases all data of the device by changing its keys
4402 Media Operations|destructive|destructive,data-plane|it sanitizes or zeroes ranges of memory
4500 Get Security State|r
4501 Set Passphrase|next-reset|security|it locks persistent memory at the next reset
4502 Disable Passphrase|disruptive|security|it removes the lock of persistent memory
4503 Unlock|disruptive|security|it opens locked persistent memory
4504 Freeze Security State|disruptive|security|it forbids security changes until the next cold reset
4505 Passphrase Secure Erase|destructive|destructive,security|it erases persistent memory by changing its keys
4600 Security Send|disruptive|security|it speaks a security protocol that can lock the device
4601 Security Receive|r|security
4700 Get SLD QoS Control|r
4701 Set SLD QoS Control|runtime||it changes how load is reported to the host
4702 Get SLD QoS Status|r
4800 Get Dynamic Capacity Configuration|r
4801 Get Dynamic Capacity Extent List|r
4802 Add Dynamic Capacity Response|disruptive|kernel-owned|it takes memory the kernel has not been told of
4803 Release Dynamic Capacity|destructive|kernel-owned,destructive|it gives memory back, with the data in it
4900 Identify GFD|r|other-hosts
4901 Get GFD Status|r|other-hosts
4902 Get GFD DC Region Configuration|r|other-hosts
4903 Set GFD DC Region Configuration|destructive|other-hosts
4904 Get GFD DC Region Extent Lists|r|other-hosts
4905 Get GFD DMP Configuration|r|other-hosts
4906 Set GFD DMP Configuration|destructive|other-hosts
4907 GFD Dynamic Capacity Add|disruptive|other-hosts
4908 GFD Dynamic Capacity Release|destructive|other-hosts
4909 GFD Dynamic Capacity Add Reference|disruptive|other-hosts
490a GFD Dynamic Capacity Remove Reference|destructive|other-hosts
490b GFD Dynamic Capacity List Tags|r|other-hosts
490c Get GFD SAT Entry|r|other-hosts
490d Set GFD SAT Entry|disruptive|other-hosts
490e Get GFD QoS Control|r|other-hosts
490f Set GFD QoS Control|disruptive|other-hosts
4910 Get GFD QoS Status|r|other-hosts
4911 Get GFD QoS BW Limit|r|other-hosts
4912 Set GFD QoS BW Limit|disruptive|other-hosts
4913 Get GDT Configuration|r|other-hosts
4914 Set GDT Configuration|disruptive|other-hosts
5100 Identify Switch Device|r|other-hosts
5101 Get Physical Port State|r|other-hosts
5102 Physical Port Control|disruptive|other-hosts,link,reset|it resets or holds a port of the switch, whoever is behind it
5103 Send PPB CXL.io Configuration Request|disruptive|other-hosts|it writes to configuration space behind a switch port
5104 Get Domain Validation SV State|r|other-hosts
5105 Set Domain Validation SV|disruptive|other-hosts|it sets the secret by which hosts are told apart
5106 Get VCS Domain Validation SV State|r|other-hosts
5107 Get Domain Validation SV|r|other-hosts,security
5200 Get Virtual CXL Switch Info|r|other-hosts
5201 Bind vPPB|disruptive|other-hosts|it hands a device to a host
5202 Unbind vPPB|destructive|other-hosts,destructive|it takes a device, and its memory, from a host
5203 Generate AER Event|disruptive|other-hosts|it makes a host believe that hardware failed
5300 Tunnel Management Command|destructive|other-hosts,unknown|it carries any other command to another component: what happens is what that one does
5301 Send LD CXL.io Configuration Request|disruptive|other-hosts|it writes to the configuration space of a logical device
5302 Send LD CXL.io Memory Request|destructive|other-hosts,memory-access|it writes to the memory space of a logical device
5400 Get LD Info|r|other-hosts
5401 Get LD Allocations|r|other-hosts
5402 Set LD Allocations|destructive|other-hosts,destructive|it divides memory between hosts anew
5403 Get QoS Control|r|other-hosts
5404 Set QoS Control|disruptive|other-hosts
5405 Get QoS Status|r|other-hosts
5406 Get QoS Allocated BW|r|other-hosts
5407 Set QoS Allocated BW|disruptive|other-hosts
5408 Get QoS BW Limit|r|other-hosts
5409 Set QoS BW Limit|disruptive|other-hosts
5500 Get Multi-Headed Info|r|other-hosts
5501 Get Head Info|r|other-hosts
5600 Get DCD Info|r|other-hosts
5601 Get Host DC Region Configuration|r|other-hosts
5602 Set DC Region Configuration|destructive|other-hosts
5603 Get DC Region Extent Lists|r|other-hosts
5604 Initiate Dynamic Capacity Add|disruptive|other-hosts|it gives a host more memory
5605 Initiate Dynamic Capacity Release|destructive|other-hosts,destructive|it takes memory from a host, by force if asked to
5606 Dynamic Capacity Add Reference|disruptive|other-hosts
5607 Dynamic Capacity Remove Reference|destructive|other-hosts
5608 Dynamic Capacity List Tags|r|other-hosts
5700 Identify PBR Switch|r|other-hosts
5701 Fabric Crawl Out|disruptive|other-hosts
5702 Get PBR Link Partner Info|r|other-hosts
5703 Get PID Target List|r|other-hosts
5704 Configure PID Assignment|disruptive|other-hosts
5705 Get PID Binding|r|other-hosts
5706 Configure PID Binding|disruptive|other-hosts
5707 Get Table Descriptors|r|other-hosts
5708 Get DRT|r|other-hosts
5709 Set DRT|disruptive|other-hosts
570a Get RGT|r|other-hosts
570b Set RGT|disruptive|other-hosts
570c Get LDST/IDT Capabilities|r|other-hosts
570d Set LDST/IDT Configuration|disruptive|other-hosts
570e Get LDST Segment Entries|r|other-hosts
570f Set LDST Segment Entries|disruptive|other-hosts
5710 Get LDST IDT DPID Entries|r|other-hosts
5711 Set LDST IDT DPID Entries|disruptive|other-hosts
5712 Get Completer ID-Based Re-Router Entries|r|other-hosts
5713 Set Completer ID-Based Re-Router Entries|disruptive|other-hosts
5714 Get LDST Access Vector|r|other-hosts
5715 Get VCS LDST Access Vector|r|other-hosts
5716 Configure VCS LDST Access|disruptive|other-hosts
5800 Identify GAE|r|other-hosts
5801 Get PID Interrupt Vector|r|other-hosts
5802 Get PID Access Vectors|r|other-hosts
5803 Get FAST/IDT Capabilities|r|other-hosts
5804 Set FAST/IDT Configuration|disruptive|other-hosts
5805 Get FAST Segment Entries|r|other-hosts
5806 Set FAST Segment Entries|disruptive|other-hosts
5807 Get IDT DPID Entries|r|other-hosts
5808 Set IDT DPID Entries|disruptive|other-hosts
5809 Proxy GFD Management Command|destructive|other-hosts,unknown|it carries any other command to a fabric device
580a Get Proxy Thread Status|r|other-hosts
580b Cancel Proxy Thread|disruptive|other-hosts
5900 Identify VCS GAE|r|other-hosts
5901 Get VCS PID Access Vectors|r|other-hosts
5902 Configure VCS PID Access|disruptive|other-hosts
5903 Get VendPrefixL0 State|r|other-hosts
5904 Set VendPrefixL0 State|disruptive|other-hosts
`;

let table: ReadonlyMap<number, MailboxCommand> | undefined;

/** All commands of the specification but the three feature commands, by opcode, rising. */
export function commands(): ReadonlyMap<number, MailboxCommand> {
  table ??= new Map(
    LINES.trim().split("\n").map((line) => {
      const [name = "", kind = "r", groups = "", reason = ""] = line.slice(5)
        .split("|");
      const effect = kind === "r" ? "read" : kind as Effect;
      const command: MailboxCommand = {
        name,
        effect,
        reason: reason !== "" ? reason : effect === "read" ? READS : FABRIC,
        groups: groups !== ""
          ? groups.split(",")
          : effect === "read"
          ? ["spec-safe"]
          : [],
      };
      return [Number.parseInt(line.slice(0, 4), 16), command];
    }),
  );
  return table;
}

/** A command by its opcode (16 bits); undefined when the specification names none. */
export function commandOf(opcode: number): MailboxCommand | undefined {
  return commands().get(opcode);
}
