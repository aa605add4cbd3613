import type { ProductHost } from "../matrix/filter.ts";
import { rangeFit } from "../matrix/port-fit.ts";
import type { Matrix, MatrixRow } from "../matrix/types.ts";
import { safeText } from "./text/safe-text.ts";

/**
 * A post-dissector that names the rows of a packet: fields `flowmatrix.row`, `flowmatrix.service` and `flowmatrix.by`. It
 * judges by ports and by the hosts that are given; who is the server it learns from handshakes. Runs in Lua 5.1 to 5.4.
 */
export function wiresharkLua(matrix: Matrix, hosts: readonly ProductHost[]): string {
	const version = `port matrix ${matrix.name}, release ${matrix.release}`;
	return `-- Written by flowmatrix: names the rows of the ${comment(version)}.
-- Fields: flowmatrix.row, flowmatrix.service, flowmatrix.by. All rows that a packet's ports and hosts leave are named;
-- which of them it is, payload and the whole conversation tell: flowmatrix classify.

${data(matrix, hosts)}
${PROGRAM}`;
}

function data({ rows }: Matrix, hosts: readonly ProductHost[]): string {
	const byAddress = new Map<string, string[]>();
	for (const { product, address } of hosts) byAddress.set(address, [...(byAddress.get(address) ?? []), product]);
	const hostLines = [...byAddress].map(
		([address, products]) =>
			`  [${quoted(address)}] = { ${products.map((id) => `[${quoted(id)}] = true`).join(", ")} },`,
	);
	return `-- Products by the addresses that they run on.
local HOSTS = {
${hostLines.join("\n")}
}

local ROWS = {
${rows.map((row) => `  ${rowData(row)},`).join("\n")}
}
`;
}

function rowData({ id, service, product, direction, transports, ports, protocols, peerProducts }: MatrixRow): string {
	const ranges = ports.map((range) => `{ ${range.first}, ${range.last}, ${rangeFit(range) === "exact"} }`);
	const names = (list: readonly string[]) => `{ ${list.map(quoted).join(", ")} }`;
	return `{ id = ${quoted(id)}, service = ${quoted(service)}, product = ${quoted(product)}, direction = ${quoted(direction)}, transports = ${names(transports)}, ports = { ${ranges.join(", ")} }, tftp = ${protocols.includes("tftp")}${peerProducts ? `, peers = ${names(peerProducts)}` : ""} }`;
}

/** A string of Lua: what is not plain ASCII by its bytes. */
function quoted(text: string): string {
	const bytes = [...Buffer.from(text)].map((byte) =>
		byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
			? String.fromCharCode(byte)
			: `\\${String(byte).padStart(3, "0")}`,
	);
	return `"${bytes.join("")}"`;
}

function comment(text: string): string {
	return safeText(text).replace(/[\r\n]/g, " ");
}

const PROGRAM = `local TCP, UDP = 6, 17
local by_port = { [TCP] = {}, [UDP] = {} }
local ranges = { [TCP] = {}, [UDP] = {} }
local tftp_rows = {}
for place, row in ipairs(ROWS) do
  row.place = place
  if row.tftp then tftp_rows[#tftp_rows + 1] = row end
  for _, name in ipairs(row.transports) do
    local over = name == "tcp" and TCP or UDP
    for _, range in ipairs(row.ports) do
      if range[3] then
        for port = range[1], range[2] do
          by_port[over][port] = by_port[over][port] or {}
          table.insert(by_port[over][port], row)
        end
      else
        table.insert(ranges[over], { first = range[1], last = range[2], row = row })
      end
    end
  end
end

local proto = Proto("flowmatrix", "Port matrix row")
local f_row = ProtoField.string("flowmatrix.row", "Row")
local f_service = ProtoField.string("flowmatrix.service", "Service")
local f_by = ProtoField.string("flowmatrix.by", "Told by")
proto.fields = { f_row, f_service, f_by }

local ip_proto, ip_version = Field.new("ip.proto"), Field.new("ip.version")
local ip_src, ip_dst = Field.new("ip.src"), Field.new("ip.dst")
local ipv6_src, ipv6_dst = Field.new("ipv6.src"), Field.new("ipv6.dst")
local tcp_src, tcp_dst = Field.new("tcp.srcport"), Field.new("tcp.dstport")
local udp_src, udp_dst = Field.new("udp.srcport"), Field.new("udp.dstport")
local tcp_stream, tcp_syn, tcp_ack = Field.new("tcp.stream"), Field.new("tcp.flags.syn"), Field.new("tcp.flags.ack")
local media = { Field.new("rtp.version"), Field.new("rtcp.version"), Field.new("stun.type"), Field.new("dtls.record.content_type") }
local tftp_opcode = Field.new("tftp.opcode")
local icmp_type, icmpv6_type = Field.new("icmp.type"), Field.new("icmpv6.type")

-- The innermost header's value: the last one of the packet.
local function last(field)
  local all = { field() }
  return all[#all]
end

local servers = {}
local any_host = next(HOSTS) ~= nil

-- Which side of a TCP connection serves, once its handshake was seen: "src", "dst" or nil.
local function server_of(src, dst)
  local stream = last(tcp_stream)
  if not stream then return nil end
  local syn, ack = last(tcp_syn), last(tcp_ack)
  if syn and syn.value and ack then servers[stream.value] = ack.value and src or dst end
  local port = servers[stream.value]
  if port == nil or src == dst then return nil end
  return port == src and "src" or "dst"
end

local given = {}
for _, products in pairs(HOSTS) do
  for product in pairs(products) do given[product] = true end
end

-- Broadcast and multicast addresses, as far as that shows without masks; and a DHCP client that has no address yet.
local function is_nobody(address)
  return address == "0.0.0.0" or address:find("%.255$") ~= nil or address:find("^22[4-9]%.") ~= nil
    or address:find("^23%d%.") ~= nil or address:find("^ff") ~= nil
end

-- Whether an address may stand for a product: a request to all asks each of its hosts.
local function runs(address, product)
  local products = HOSTS[address]
  if products == nil then return given[product] == true and is_nobody(address) end
  return products[product] == true
end

-- Whether a row fits a server and its client.
local function fits(row, server, client)
  if row.direction == "intra" and server ~= client then return false end
  if not any_host then return true end
  if not runs(row.direction == "out" and client or server, row.product) then return false end
  if row.peers then
    local peer = row.direction == "out" and server or client
    for _, product in ipairs(row.peers) do
      if runs(peer, product) then return true end
    end
    return false
  end
  return true
end

local function add(found, row)
  for _, known in ipairs(found) do
    if known == row then return end
  end
  found[#found + 1] = row
end

local function find(over, port, server, client, found, with_ranges)
  for _, row in ipairs(by_port[over][port] or {}) do
    if fits(row, server, client) then add(found, row) end
  end
  if not with_ranges then return end
  for _, range in ipairs(ranges[over]) do
    if port >= range.first and port <= range.last and fits(range.row, server, client) then add(found, range.row) end
  end
end

local function is_media()
  for _, field in ipairs(media) do
    if field() then return true end
  end
  return false
end

-- Who asked whom for a TFTP file. IP Office answers a read request by a write request, which asks for nothing.
local asked = {}

local function tftp_sides(src, dst, opcode)
  if opcode == 1 or (opcode == 2 and not asked[dst .. " " .. src]) then asked[src .. " " .. dst] = true end
  local there, back = asked[src .. " " .. dst], asked[dst .. " " .. src]
  return there or not back, back or not there
end

function proto.init()
  servers, asked = {}, {}
end

function proto.dissector(_, _, tree)
  -- An ICMP message quotes a packet: that is not the packet itself.
  if icmp_type() or icmpv6_type() then return end
  local over, src_port, dst_port
  if last(tcp_src) then
    over, src_port, dst_port = TCP, last(tcp_src).value, last(tcp_dst).value
  elseif last(udp_src) then
    over, src_port, dst_port = UDP, last(udp_src).value, last(udp_dst).value
  else
    return
  end
  local source, destination = last(ip_src) or last(ipv6_src), last(ip_dst) or last(ipv6_dst)
  local src, dst = tostring(source or ""), tostring(destination or "")
  local server = over == TCP and server_of(src_port, dst_port) or nil
  local found = {}
  local function look(with_ranges)
    if server ~= "src" then find(over, dst_port, dst, src, found, with_ranges) end
    if server ~= "dst" then find(over, src_port, src, dst, found, with_ranges) end
  end
  local by = any_host and "hosts and port" or "port"
  local opcode = over == UDP and tftp_opcode()
  if opcode then
    -- The data run between free ports: the transfer's request tells.
    local to_dst, to_src = tftp_sides(src, dst, opcode.value)
    for _, row in ipairs(tftp_rows) do
      if (to_dst and fits(row, dst, src)) or (to_src and fits(row, src, dst)) then add(found, row) end
    end
    by = any_host and "hosts and TFTP request" or "TFTP request"
  else
    look(false)
  end
  if #found == 0 and over == UDP and is_media() then
    look(true)
    by = by .. " range, media"
  end
  if #found == 0 then return end
  -- The matrix's order: both directions of a conversation say the same.
  table.sort(found, function(a, b) return a.place < b.place end)
  local branch = tree:add(proto)
  for _, row in ipairs(found) do
    branch:add(f_row, row.id)
    branch:add(f_service, row.service)
  end
  branch:add(f_by, by)
  branch:append_text(": " .. found[1].id .. " " .. found[1].service .. (#found > 1 and " or " .. (#found - 1) .. " more" or ""))
end

register_postdissector(proto)
`;
