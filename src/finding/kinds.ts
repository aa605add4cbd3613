/** What a kind of finding means, for the help and the documentation. */
export interface KindOfFinding {
	/** What was seen. */
	readonly meaning: string;
	/** What brings it about, the likeliest first. */
	readonly causes: readonly string[];
	/** What to look at next, in the order that tells most for the least work. */
	readonly check: readonly string[];
	/** Wireshark display filter for the packets that show it, within the conversation; none where all of it does. */
	readonly filter?: string;
	/** It is the signalling of calls that shows it. */
	readonly isOfSignalling?: true;
}

/** Every kind of finding, by the name that outputs, `--fail-on` and the documentation use. */
export const KINDS = {
	unanswered: {
		meaning: "Requests got no answer at all: no reply, no refusal, no ICMP message.",
		causes: [
			"a firewall on the way drops the packets silently",
			"the server is down, or its address is wrong or not routed",
			"the answer takes another way and does not pass the capture point",
		],
		check: [
			"capture at the server: do the requests arrive there?",
			"firewall rules for the row's port in this direction",
			"whether the server is up and has this address",
		],
	},
	refused: {
		meaning: "The connection request was answered by a reset: nothing listens on the port, or a firewall rejects it.",
		causes: [
			"the service is off, stopped, or on another port",
			"the port is closed by default and was not switched on",
			"a firewall rejects with a reset",
		],
		check: [
			"whether the service is on in the security or system settings",
			"the service's port on the server",
			"the reset's TTL against that of the server's other packets: another one is a firewall's",
		],
		filter: "tcp.flags.syn == 1 || tcp.flags.reset == 1",
	},
	unreachable: {
		meaning: "A router or the server itself answered by ICMP that the network, the host or the port cannot be reached.",
		causes: [
			"no route to the network, or the host is down (from a router)",
			"nothing listens on the UDP port, or a firewall rejects (port unreachable)",
		],
		check: ["who sent the ICMP message: the server or a router", "routes and addresses", "whether the service runs"],
		filter: "icmp.type == 3 || icmpv6.type == 1",
	},
	prohibited: {
		meaning: "A firewall said by ICMP that it does not let the traffic through.",
		causes: ["a firewall or access list rejects the row's port", "a host firewall on the server"],
		check: ["the sender of the ICMP message: that is the firewall", "its rules for the row's port and direction"],
		filter: "icmp.type == 3 || icmpv6.type == 1",
	},
	"fragmentation-needed": {
		meaning: "A router said that packets are too large for the next link and may not be fragmented.",
		causes: [
			"a tunnel or VPN on the way has a smaller MTU",
			"path MTU discovery does not work: the message is dropped",
		],
		check: ["whether the sender's packets become smaller afterwards", "MTU and MSS clamping of the tunnel"],
		filter: "(icmp.type == 3 && icmp.code == 4) || icmpv6.type == 2",
	},
	"one-way": {
		meaning: "Packets go in one direction only, though both should speak.",
		causes: [
			"a firewall lets one direction through only",
			"the answers take another way than past the capture point (asymmetric routing, one-sided mirror port)",
		],
		check: ["whether the other direction arrives at its receiver", "how the mirror port is set: both directions?"],
	},
	reset: {
		meaning: "An established connection was broken off by a reset, without the orderly end.",
		causes: [
			"the application gave up or crashed",
			"a firewall lost or timed out the connection",
			"the other side rejected what was sent (security settings, licence, version)",
		],
		check: [
			"what was sent last before the reset",
			"the reset's TTL against that of the host's other packets: another one is a firewall's",
			"logs of the side that it names as its sender",
			"idle time-outs of firewalls",
		],
		filter: "tcp.flags.reset == 1",
	},
	"half-open": {
		meaning: "The server accepted the connection, but the client's third packet never came.",
		causes: ["the server's answer does not reach the client", "a port scan", "asymmetric routing"],
		check: ["whether the server's SYN-ACK arrives at the client", "repeated SYN-ACKs of the server"],
		filter: "tcp.flags.syn == 1",
	},
	retransmissions: {
		meaning: "More of the connection's segments than usual were sent again.",
		causes: ["packets are lost on the way", "a full or faulty link, duplex mismatch, Wi-Fi", "a very slow receiver"],
		check: ["interface error counters and duplex on the way", "where the loss begins: capture at several places"],
		filter: "tcp.analysis.retransmission || tcp.analysis.out_of_order",
	},
	"out-of-order": {
		meaning: "More segments than usual arrived in another order than they were sent.",
		causes: ["several paths with different delay (load balancing, bonded links)", "a capture that mixes interfaces"],
		check: ["load balancing per packet on the way", "whether the capture itself reordered the packets"],
		filter: "tcp.analysis.out_of_order",
	},
	"zero-window": {
		meaning: "A receiver said that its buffer is full: the sender must wait.",
		causes: ["the receiving application is too slow, stuck or overloaded"],
		check: ["load of the host that announced the zero window", "what its application does at that time"],
		filter: "tcp.analysis.zero_window",
	},
	"slow-round-trip": {
		meaning: "The round trip measured in connection handshakes is longer than the threshold.",
		causes: ["a long or congested line", "VPN detours", "an overloaded server (server side) or client (client side)"],
		check: ["round-trip time per hop", "whether it is slow at all times or only under load"],
		filter: "tcp.flags.syn == 1",
	},
	"port-scan": {
		meaning: "A host tries one port of another host after the other; none of those that are counted here was open.",
		causes: [
			"a security scanner or a network management system looks for services",
			"somebody, or a program on an infected host, looks for a way in",
		],
		check: [
			"what the scanning host is, and who runs it",
			"which of its connections were accepted: those are flows of their own",
		],
		filter: "(tcp.flags.syn == 1 && tcp.flags.ack == 0) || udp",
	},
	"capture-one-sided": {
		meaning: "The capture holds one direction only of most connections: what is missing cannot be judged.",
		causes: ["the mirror port copies one direction", "asymmetric routing past the capture point"],
		check: ["the mirror port's direction (rx, tx, both)", "capture at the host itself"],
	},
	"optional-service": {
		meaning: "A service answers whose port is closed by default: somebody switched it on.",
		causes: ["an option that the site uses", "a plain service left on after maintenance"],
		check: ["whether the site needs it; otherwise switch it off in the security settings"],
	},
	"disabled-service": {
		meaning: "A port answers that the port matrix calls disabled or not used.",
		causes: ["a setting that differs from the documented one", "another program on this port"],
		check: ["which program owns the port"],
	},
	"retired-row": {
		meaning: "Traffic on a port that an earlier release of the port matrix had and a later one retired.",
		causes: ["an old client or phone still uses it", "the system runs an older release than the matrix"],
		check: ["the system's release", "version and settings of the client"],
	},
	"clear-text": {
		meaning: "A service is used in clear text although the port matrix has a secure one for the same job.",
		causes: ["the plain service is the client's default", "the secure one is not configured"],
		check: ["whether clients can use the secure port; then switch the plain one off"],
	},
	"intra-device": {
		meaning: "A connection that should stay inside one device runs between two hosts.",
		causes: ["an internal service is reachable from outside", "two parts of a product are on different hosts"],
		check: ["whether the port must be open to the network; otherwise block it"],
	},
	"blocked-direction": {
		meaning: "A row works in one direction between two hosts, and fails in the other.",
		causes: ["a firewall rule exists for one direction only"],
		check: ["the firewall rule for the failing direction"],
	},
	"tls-alert": {
		meaning: "One side ended a TLS handshake with an alert.",
		causes: [
			"the certificate is not trusted, expired or for another name",
			"no common version or cipher suite",
			"a proxy that inspects TLS replaces the certificate, which mutual authentication does not survive",
		],
		check: [
			"the alert's name and who sent it",
			"certificate chain and clock of both sides",
			"TLS inspection on the way",
		],
		filter: "tls.alert_message",
	},
	"tls-incomplete": {
		meaning: "A TLS handshake began and never came to its end.",
		causes: [
			"the other side does not speak TLS on this port",
			"a firewall drops after the first packets",
			"MTU problems",
		],
		check: ["the last handshake message and who had to answer it", "large packets that get no acknowledgement"],
		filter: "tls.handshake",
	},
	"certificate-expired": {
		meaning: "The certificate that the server showed was no longer valid when the packets were captured.",
		causes: ["it was not renewed", "the capturing host's clock is wrong"],
		check: ["renew the certificate", "clocks of server and clients"],
		filter: "tls.handshake.type == 11",
	},
	"certificate-not-yet-valid": {
		meaning: "The certificate that the server showed was not valid yet when the packets were captured.",
		causes: ["the clock of the system that made it, or of this one, is wrong"],
		check: ["clocks of server, clients and of the capturing host"],
		filter: "tls.handshake.type == 11",
	},
	"registration-failed": {
		meaning: "A SIP or H.323 registration was refused, or its challenge was never passed.",
		causes: [
			"wrong password or extension number",
			"the user, licence or extension does not exist",
			"registrar settings",
		],
		check: ["user, password and login code", "licences", "the answer's status and reason"],
		filter: 'sip.CSeq.method == "REGISTER" || h225.RasMessage',
	},
	"call-failed": {
		meaning: "Calls ended in an error of the network or of a server, not because of the people.",
		causes: [
			"no common codec (488)",
			"trunk or licence limits (503)",
			"no answer of the next hop (408)",
			"forbidden (403)",
		],
		check: ["the status and its reason or warning header", "the offered codecs", "trunk and licence state"],
		filter: "sip.Status-Code >= 400 || q931 || h225",
		isOfSignalling: true,
	},
	"no-ack": {
		meaning:
			"A call's answer was sent again and again, and never acknowledged: the side that answered ends such a call after half a minute.",
		causes: [
			"the answer's Contact or Record-Route names an address that the caller does not reach (address translation, a private address)",
			"a firewall or router rewrites SIP (application layer gateway), or drops what it does not know",
			"the answer does not reach the caller",
		],
		check: [
			"Contact and Record-Route of the answer: does the caller reach that address?",
			"switch SIP inspection off on the way",
			"capture at the caller: does the answer arrive, and where does the ACK go?",
		],
		filter: 'sip.CSeq.method == "INVITE" || sip.Method == "ACK"',
		isOfSignalling: true,
	},
	"sip-alg": {
		meaning: "Something on the way rewrote addresses inside SIP messages.",
		causes: ["a firewall or router inspects SIP (application layer gateway)"],
		check: ["switch SIP and H.323 inspection off, as the vendor advises"],
		filter: "sip",
	},
	"sip-nat": {
		meaning: "SIP messages announce addresses that are not the ones they come from: address translation without help.",
		causes: ["the sender is behind NAT and announces its private address"],
		check: ["the sender's STUN or NAT settings", "whether media comes to the announced address"],
		filter: "sip",
	},
	"dns-failure": {
		meaning: "Names could not be resolved.",
		causes: [
			"the name server is down, refuses or fails",
			"the name does not exist (typing error, missing zone or record)",
		],
		check: ["the system's DNS settings", "the name, asked from another host"],
		filter: "dns",
	},
	"dhcp-no-offer": {
		meaning: "Clients asked for an address and no server offered one.",
		causes: [
			"no DHCP server in this VLAN, or no relay to it",
			"the address pool is used up",
			"another VLAN than intended",
		],
		check: ["the port's VLAN", "DHCP relay", "free addresses in the pool"],
		filter: "dhcp",
	},
	"dhcp-refused": {
		meaning: "A DHCP server refused the address that a client asked for.",
		causes: ["the client came from another network", "two DHCP servers in one network"],
		check: ["which server refused", "whether there is more than one server"],
		filter: "dhcp.option.dhcp == 6",
	},
	"ntp-unsynchronised": {
		meaning: "The time server answers, but says that it has no time itself.",
		causes: ["it has just started, or lost its own source"],
		check: ["the server's upstream time sources"],
		filter: "ntp",
	},
	"ntp-refused": {
		meaning: "The time server refused to serve: a kiss-o'-death packet.",
		causes: ["access is denied", "the client asks too often"],
		check: ["the server's access rules", "the client's polling interval"],
		filter: "ntp.stratum == 0",
	},
	"smtp-error": {
		meaning: "The mail server refused a command.",
		causes: ["authentication failed or is required", "relaying denied, unknown recipient", "greylisting (4xx)"],
		check: ["the reply's code and text", "user and password, sender and recipient address"],
		filter: "smtp.response.code >= 400",
	},
	"imap-error": {
		meaning: "The mailbox server refused a command.",
		causes: ["wrong user or password", "the mailbox does not exist or is locked"],
		check: ["the reply's text", "user and password"],
		filter: "imap",
	},
	"starttls-missing": {
		meaning: "User and password, or mail, went in clear text although the protocol could have gone over to TLS.",
		causes: ["the server does not offer STARTTLS", "the client is not set to use it"],
		check: ["whether the server offers STARTTLS", "the client's encryption setting"],
	},
	"ldap-bind-failed": {
		meaning: "The directory server refused the login.",
		causes: ["wrong distinguished name or password", "the server wants TLS or another mechanism"],
		check: ["the result code", "bind name and password"],
		filter: "ldap.bindResponse_element",
	},
	"snmp-error": {
		meaning: "The SNMP agent answered that the request failed.",
		causes: ["wrong version 3 user, key or security level", "no such object, or no write access"],
		check: ["the error or report name", "the user's settings on both sides"],
		filter: "snmp",
	},
	"tftp-error": {
		meaning: "A TFTP transfer ended in an error message.",
		causes: ["the file does not exist on the server", "access is denied", "disk full"],
		check: ["the file's name and the server's folder", "TFTP settings in the security settings"],
		filter: "tftp.opcode == 5",
	},
	"tftp-no-data": {
		meaning:
			"A TFTP request was answered, and the transfer never got under way: no data came, or nobody acknowledged it because IP Office's write request, which announces it, did not come.",
		causes: [
			"a firewall's TFTP helper passes the data but not IP Office's write request to port 69, or the reverse",
			"nothing on the client listens on port 69",
		],
		check: ["UDP port 69 open in both directions", "the client's host firewall"],
		filter: "tftp",
	},
	"tftp-incomplete": {
		meaning: "A TFTP transfer stopped before its end.",
		causes: ["packets are lost for longer than the time-out", "one side gave up or restarted"],
		check: ["which side was silent first", "loss on the way"],
		filter: "tftp",
	},
	"tftp-restarted": {
		meaning: "The same file was asked for again and again, and never arrived.",
		causes: ["the transfer does not complete, so that the client begins anew"],
		check: ["how the earlier transfers ended"],
		filter: "tftp.opcode == 1 || tftp.opcode == 2",
	},
	"subscription-fallback": {
		meaning: "The subscription link fails on one of its ports and is tried on the other.",
		causes: ["a firewall blocks 443 or 8443 to the subscription servers", "a proxy inspects TLS"],
		check: ["both ports to the subscription domain", "exceptions from TLS inspection"],
	},
	"one-way-media": {
		meaning: "Audio of a call goes in one direction only.",
		causes: ["a firewall lets one direction through", "a private address in the session description", "NAT"],
		check: ["whether the missing stream reaches its receiver", "the announced address and port range"],
		filter: "rtp",
	},
	"no-media": {
		meaning: "A call was answered and no audio followed.",
		causes: ["both directions are blocked", "wrong announced addresses", "the capture point does not see media"],
		check: ["the RTP port range in the firewall", "capture at the phone"],
		filter: "sip || rtp",
		isOfSignalling: true,
	},
	"media-stopped": {
		meaning:
			"Audio of an answered call ended long before the call did, without a hold or a change of its media. Told only of codecs and senders that send silence too.",
		causes: [
			"a firewall or an address translation forgot the connection",
			"the sender lost its network, hung or restarted",
			"a voicemail, an announcement or a muted phone that sends nothing while it listens",
		],
		check: [
			"capture nearer to the sender: does it still send?",
			"time-outs for UDP in the firewalls on the way",
			"what the sender is, and its settings for silence and mute",
		],
		filter: "rtp",
	},
	"media-address-mismatch": {
		meaning: "Audio comes from another address than the call announced.",
		causes: ["address translation", "a session description that was not rewritten"],
		check: ["whether answers reach the announced address"],
		filter: "rtp",
	},
	"media-loss": {
		meaning:
			"More audio packets are missing than the threshold: at least 10, of a stream of 200 or more (two to four seconds of one side).",
		causes: ["a congested or faulty link", "no priority for voice (QoS)", "the capture itself lost packets"],
		check: ["DSCP and queues on the way", "capture nearer to the sender: are they missing there?"],
		filter: "rtp",
	},
	"media-jitter": {
		meaning: "Audio packets arrive less evenly than the threshold.",
		causes: ["congestion without priority for voice", "Wi-Fi", "an overloaded sender"],
		check: ["DSCP and queues on the way", "load of the link at that time"],
		filter: "rtp",
	},
	"codec-mismatch": {
		meaning: "A side sends a codec that the other did not offer to receive.",
		causes: ["a fault of the sender", "a session description changed on the way"],
		check: ["offer and answer of the call", "codec settings"],
		filter: "rtp",
	},
	"dscp-lost": {
		meaning: "Voice is marked for priority (DSCP) at one end and arrives without the mark from the other.",
		causes: ["a switch, router or provider resets DSCP", "the other end does not mark its voice"],
		check: ["DSCP at the sender and after each hop", "QoS trust settings of the switch ports"],
		filter: "rtp",
	},
	"host-not-given": {
		meaning: "A host looks like a product, but is not in the list of hosts that was given for it.",
		causes: ["the list is not complete", "another system of the same kind"],
		check: ["whether the host should be named with --host"],
	},
} as const satisfies Record<string, KindOfFinding>;

export type FindingKind = keyof typeof KINDS;

/** The kinds in the order in which they are listed. */
export const KIND_NAMES = Object.keys(KINDS) as FindingKind[];

/** Kinds that say of a flow that it did not do its job, whatever else it shows; what is only `info` does not. */
export const FAILURES: ReadonlySet<FindingKind> = new Set<FindingKind>([
	"refused",
	"half-open",
	"tls-alert",
	"tls-incomplete",
	"tftp-no-data",
	"tftp-incomplete",
	"one-way-media",
]);

/**
 * Kinds that say so where the server said nothing at all: one request in many without an answer, one client of many
 * without an offer, or an ICMP message for media that came after the call, is no failing service.
 */
export const SILENCES: ReadonlySet<FindingKind> = new Set<FindingKind>(["unanswered", "unreachable", "prohibited"]);
