// Made by `npm run vocabulary`: words of the program's texts and of the matrix.

/** Words that sentences of ours are made of: these stay when a report is anonymized. */
export const VOCABULARY: ReadonlySet<string> = new Set(
	`
00Z 0123456789abcdefghijklmnopqrstuvwxyz 01b569 02T 02T09 0dede3def700a6db819381be6e269dcbf9bd2ed9 0m 0x 0x1fff
0xff 1-100 1-65535 1.0 1.1 1.2 1.3 1.3.6.1.4.1.1466.20037 1.6 10.0 10.1 10.2 1024-64510 1024-65535 1049h 1049l
10m 10x100MB 11.0 11.1 11.1.1 11.1.2 12-15 12.0 12.4 12.5 12.6.3 13.1 160M 17.2 18.5 18Z 1H 1X 1ag 2.0 2.1 2.2
2.2.2 2024-07-01 2026-03-02T 2026-03-02T09 22.15 224.0.0.0/3 23146b67 24x1h 25h 25l 2G 2J 2K 2a 2b060104 2c
2ehlmr 3.0 3.1 3.4 3.6 3/12 300M 32768-61000 35000-40000 38762cf7f55934b34d179ae6a4c80cadccbb7f0a 3C 3C/svg
3Cpath 3Crect 3Csvg 3DES 3E 3T 3h10m 3h10m-10 3h4 4-9 4.1 4.1.1 4.1.2 4.2 4.2.2 4.3 40750-50750 40rem
47000-54000 49152-65280 4xx 5.1 5.3 50000-55000 500M 5060-5061 5060/5061 50792/50793 5488/5489 55.7 56000-58000
5800-5899 5VW 5View 5h6m 5h6m-6 6.3 6.3.3 6.4 6Z 7.3 729A 7h 7l 7m 7z 7zXZ 7z¼ 8.1 8.1.1 8.2 80/8000 802.11
802.1X 802.1ag 86f872 86fc0b 8bitmime 8h 9.0 9.0.3 9.1 90s A AAAA ACK ACKs ADDRESS ADTS AES AFTER ALG AMR
AMR-WB ANNOUNCE ANS ANY API APIs APOP APPDATA APPEND ARP ATA AUTH AUTHENTICATE AV AV1 About Acceptable Accepted
Access Address Addresses Administration Administrators All Allowed Alternative Ambiguous An Anywhere AppleTalk
Appliance Application Applications Applications/Wireshark.app/Contents/MacOS Apr Architecture Arrows Asks At
Audio Aug Authentication Automatic Avaya B B/s BDAT BEFORE BEP BOOTP BOSH BPF BUF BV16 BV32 BYE BZh Backup Bad
Being BitTorrent Bluetooth Brief Broadcast Broadcom Browser Browsers Busy By C C706 CANCEL CAPA CAPABILITY
CAPTURE CBC CCM CCP CCR CDN CDP CFM CHACHA20 CHAP CHILD CIM CLEARMODE CN CNAME COM COM-IN-1 COM-OUT-1 CONIN
CONNECT CONNECTION COUNT CREATE CREATE_CHILD_SA CSeq CTI Call Calls Cap Capture CaptureError CelB Certificate
Certificates Chat ChmodBPF ChoiceError Choices Cisco Clearing Client Clients Close Closed Cloud Code
Collaboration Coloring Colours Community Conferencing Configurable Configuration Conflict Contact Content
Content-Security-Policy Contents Conversations Copied Copy Course Created Ctrl Ctrl-C Cus Customer D DATA DCCP
DCE DEC DECT DECnet DELE DELETE DES DES40 DESCRIBE DH DHCP DHE DNS DOCTYPE DSCP DSS DTLS DTP DVI4 Dark Data
Database Debian Debug Dec Decline Default Descriptions Desktop Destination Detected DevLink DevLink3 Device
Diagram Directory Discovery Display Does Dongle Drive E E-model EAP ECDH ECDHE ECDSA EDE EEXIST EF EFR EHLO
EISDIR ELF ENOENT EPIPE ERF ERR ERROR ERR_LIVE ERR_MATRIX ERR_MISSING ERR_NO_CAPTURE ERR_REPORT ERR_USAGE
ERSPAN ES ES-IS ETL EVRC EVS EVTX EXPORT Each Edit Edition ElfFile Email Enabled Endace Ends Enter Entity Error
EtherCAT EtherPeek EtherType EtherTypes Ethernet Events Every Everywhere Examples Exchange Exist Extension F
FATAL FCoE FETCH FILE FILTER FLOW FLOW-ID FOLDER FOLLOWUP FORMERR FRF FRF.12 FROM FTP Failed Failure Feb Fedora
Fetch Fi Field Field.new Fields Files Filtered Findings Finds Firmware First Flow Flows Folders Forbidden
Forwarded Found G G.107 G.711 G.723.1 G.729A G719 G722 G7221 G723 G726 G726-16 G726-24 G726-32 G726-40 G728
G729 G7291 G729D G729E GB GCM GET GET_PARAMETER GMBU GOOSE GRE GSM GSM-EFR Gateway Geo Geo-redundant
GeoNetworking Global Gone Good Google H H.225.0 H.245 H.323 H2 H261 H263 H263-1998 H264 H265 HDLC HEAD HELLO
HELO HOSTS HTML HTTP HTTP/1 HTTP/1.1 HTTP/2 HTTP/2.0 HTTPS HandshakeV10 Help Here Historical HomePlug Hops
Hosted Hosts Hosts.settle I ICCN ICMP ICMP's ICRP ICRQ ID IEC IKE IKE_AUTH IKE_FOLLOWUP_KE IKE_INTERMEDIATE
IKE_SA_INIT IKE_SESSION_RESUME IMAP IMAP4 IMAPS IN INFO INFORMATIONAL INIT INSIDE INT INTERFACE INTERMEDIATE
INVITE IP IP4 IPCP IPO IPO-IN-1 IPO-IN-10 IPO-IN-11 IPO-IN-12 IPO-IN-13 IPO-IN-14 IPO-IN-15 IPO-IN-16 IPO-IN-17
IPO-IN-18 IPO-IN-19 IPO-IN-2 IPO-IN-20 IPO-IN-21 IPO-IN-22 IPO-IN-23 IPO-IN-24 IPO-IN-25 IPO-IN-26 IPO-IN-27
IPO-IN-28 IPO-IN-29 IPO-IN-3 IPO-IN-30 IPO-IN-31 IPO-IN-32 IPO-IN-33 IPO-IN-34 IPO-IN-35 IPO-IN-36 IPO-IN-37
IPO-IN-38 IPO-IN-39 IPO-IN-4 IPO-IN-40 IPO-IN-41 IPO-IN-42 IPO-IN-43 IPO-IN-44 IPO-IN-45 IPO-IN-46 IPO-IN-47
IPO-IN-48 IPO-IN-49 IPO-IN-5 IPO-IN-50 IPO-IN-51 IPO-IN-6 IPO-IN-7 IPO-IN-8 IPO-IN-9 IPO-INT-1 IPO-INT-10
IPO-INT-11 IPO-INT-2 IPO-INT-3 IPO-INT-4 IPO-INT-5 IPO-INT-6 IPO-INT-7 IPO-INT-8 IPO-INT-9 IPO-OUT-1 IPO-OUT-10
IPO-OUT-11 IPO-OUT-12 IPO-OUT-13 IPO-OUT-14 IPO-OUT-15 IPO-OUT-16 IPO-OUT-17 IPO-OUT-18 IPO-OUT-19 IPO-OUT-2
IPO-OUT-20 IPO-OUT-21 IPO-OUT-22 IPO-OUT-23 IPO-OUT-24 IPO-OUT-25 IPO-OUT-26 IPO-OUT-27 IPO-OUT-3 IPO-OUT-4
IPO-OUT-5 IPO-OUT-6 IPO-OUT-7 IPO-OUT-8 IPO-OUT-9 IPOffice IPV6CP IPX IPXCP IPsec IPv4 IPv6 IS IS-IS ITU ITU-T
Implemented Import In Incomplete Info Instant Intel Internal Interrupted Interval Is It JDBC JMX JPEG JRMI JSON
Jade Jan Java Jul Jun K KE KIND L L16 L2TP LACP LAT LCP LDAP LIST LIVE LLC LLDP LMI LOGIN LOOPBACK LPC Label
Labels Large Layer Length Licence Licences Light Limits Link Linux List Listed Listening Lists Lite LiveError
Local Log Log-in Log4j LoggingEvent Long Loop Loopback Lua M M-SEARCH M3 MACsec MAIL MAPI MATRIX MB MD5 MESSAGE
MIB MISSING MM MM-IN-1 MM-OUT-1 MM-OUT-2 MODULE MOP MOS MP2T MPA MPLS MPLSCP MPV MS MS-ADTS MS-RDPBCGR MS-RPCE
MS-SMB2 MS-TDS MSS MSSQL MTU MVRP MX MZ MacOS Made Mail Mailbox Management Manager Many Mar Matrix MatrixError
May Media Meetings Message Messages Messaging Method MiB Microsoft MissingCaptures Mobility Modified Monitor
More Moved Multiple MySQL N N/A NAME NAPTR NAT NFLOG NO NODE NODE_MODULE_VERSION NOERROR NOTAUTH NOTIFY NOTIMP
NOTZONE NS NSH NTP NULL NXDOMAIN NXRRSET Name Names Nearest NetBIOS NetS NetScaler NetXRay Network No Node None
Normal Not Nothing Nov Now Npcap O OCCN OCRP OCRQ OK ONEX ONEX-IN-1 ONEX-IN-10 ONEX-IN-11 ONEX-IN-12 ONEX-IN-13
ONEX-IN-14 ONEX-IN-15 ONEX-IN-2 ONEX-IN-3 ONEX-IN-4 ONEX-IN-5 ONEX-IN-6 ONEX-IN-7 ONEX-IN-8 ONEX-IN-9
ONEX-INT-1 ONEX-INT-2 ONEX-OUT-1 ONEX-OUT-2 ONEX-OUT-3 ONEX-OUT-4 ONEX-OUT-5 OPTIONS OSI OSINLCP OTH OUT
OUTSIDE Object Oct Of Offered Office Office's Office’s OmniPeek On One Only Open OpenSSL OpenSSL's Openfire
Operations Other Outgoing Over PAP PARAMETER PASS PAUSE PAUSED PAgP PCMA PCMU PDF PK PKTAP PLAIN PLAY PNG
POLY1305 POST PPP PPPoE PRACK PRI PRODUCT PROFINET PROPFIND PROTOCOL PRP PSK PTP PTR PUBLISH PUT PVST Packets
Partial Parts Payload Payment Pending Permanently Phone Phones Platform Policy Port Portal PostgreSQL
Precondition Press Pro Problems Procedure Product Products Profiles Program Progress Proprietary Proto
ProtoField ProtoField.string Protocol Protocols Proxy Q Q.931 Q.933 QCELP QUERY QUIC QUIT QoS Quality Queued R
R12 R12.0 R4 RADIUS RAR RARP RAS RC4 RCPT RDPBCGR README README.txt RECORD RECORDER REDIRECT REFER REFUSED
REGISTER REJ REPORT REST RESUME RETR RFC RHEL RIP ROWS RPC RPCE RSA RSTO RSTOS0 RSTR RSTRH RTCP RTP RTSP
RTSP/1.0 RTSS Range Rar RasMessage Read Realtek Reasons Record Record-Route Recorder Recording Recordings
Reference Registration Remote ReportError Reporter Request Requests Required Restrict Ringing Route Routers
Routing Row Rows Rules S S0 S1 S2 S3 SA SAL SAVP SCCCN SCCRP SCCRQ SCEP SCTP SDP SEARCH SECONDS SERVFAIL
SESSION SET SETUP SET_PARAMETER SF SFTP SH SHA SHA256 SHA384 SHR SIGCONT SIGHUP SIGINFO SIGINT SIGKILL SIGQUIT
SIGTERM SIGTSTP SIGUSR1 SIP SIP/2.0 SLARP SLI SMA SMB2 SMTP SMTP/TLS SNA SNAP SNMP SNTP SOA SOAP SQL SQLite
SRTCP SRTP SRV SSH SSH-1 SSH-2.0 SSH_CONNECTION SSL SSL/Voicemail STARTTLS STAT STEP STLS STUN SUBSCRIBE SYN
SYN-ACK SYN-ACKs Scheme Search Secure Security See Seen Select Sep Serialization Server Servers Serves Service
Services Session SessionRemote Settings Severities Shell Show Signalling Signs Small Sniffer Solo Solution
Something Source Spaces Specification Status StopCCN Stops Streams Subscription Summary Sun Supported Switching
SysMonitor Syslog System T T.38 T00 T38 TAPI TB TCP TCP/BOSH TCP/FTP TCP/HTTP TCP/HTTPS TCP/IMAP4 TCP/JDBC
TCP/JMX TCP/LDAP TCP/Log4j TCP/MSSQL TCP/Proprietary TCP/SIP TCP/SMTP TCP/SMTP/TLS TCP/SOAP TCP/SSH
TCP/SysMonitor TCP/Syslog TCP/TAPI TCP/TLS TCP/Tomcat TCP/Voicemail TCP/XMP TCP/XMPP TDLS TDS TEARDOWN TFTP
TFTP's TIME TLS TLS/H.323 TLS/SIP TLS/Syslog TLS/Voicemail TLS_AES_128_CCM_8_SHA256 TLS_AES_128_CCM_SHA256
TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA
TLS_DHE_DSS_WITH_AES_128_CBC_SHA TLS_DHE_DSS_WITH_AES_128_CBC_SHA256 TLS_DHE_DSS_WITH_AES_128_GCM_SHA256
TLS_DHE_DSS_WITH_AES_256_CBC_SHA TLS_DHE_DSS_WITH_AES_256_CBC_SHA256 TLS_DHE_DSS_WITH_AES_256_GCM_SHA384
TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA TLS_DHE_RSA_WITH_AES_128_CBC_SHA TLS_DHE_RSA_WITH_AES_128_CBC_SHA256
TLS_DHE_RSA_WITH_AES_128_CCM TLS_DHE_RSA_WITH_AES_128_CCM_8 TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
TLS_DHE_RSA_WITH_AES_256_CBC_SHA TLS_DHE_RSA_WITH_AES_256_CBC_SHA256 TLS_DHE_RSA_WITH_AES_256_CCM
TLS_DHE_RSA_WITH_AES_256_CCM_8 TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
TLS_DHE_RSA_WITH_DES_CBC_SHA TLS_DH_anon_WITH_3DES_EDE_CBC_SHA TLS_DH_anon_WITH_AES_128_CBC_SHA
TLS_DH_anon_WITH_AES_128_CBC_SHA256 TLS_DH_anon_WITH_AES_128_GCM_SHA256 TLS_DH_anon_WITH_AES_256_CBC_SHA
TLS_DH_anon_WITH_AES_256_CBC_SHA256 TLS_DH_anon_WITH_AES_256_GCM_SHA384 TLS_DH_anon_WITH_RC4_128_MD5
TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 TLS_ECDHE_ECDSA_WITH_AES_128_CCM TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8
TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 TLS_ECDHE_ECDSA_WITH_AES_256_CCM TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8
TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
TLS_ECDHE_ECDSA_WITH_NULL_SHA TLS_ECDHE_ECDSA_WITH_RC4_128_SHA TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 TLS_ECDHE_RSA_WITH_NULL_SHA TLS_ECDHE_RSA_WITH_RC4_128_SHA
TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA TLS_ECDH_anon_WITH_AES_128_CBC_SHA TLS_ECDH_anon_WITH_AES_256_CBC_SHA
TLS_ECDH_anon_WITH_NULL_SHA TLS_PSK_DHE_WITH_AES_128_CCM_8 TLS_PSK_DHE_WITH_AES_256_CCM_8
TLS_PSK_WITH_AES_128_CBC_SHA TLS_PSK_WITH_AES_128_CBC_SHA256 TLS_PSK_WITH_AES_128_CCM
TLS_PSK_WITH_AES_128_CCM_8 TLS_PSK_WITH_AES_128_GCM_SHA256 TLS_PSK_WITH_AES_256_CBC_SHA
TLS_PSK_WITH_AES_256_CBC_SHA384 TLS_PSK_WITH_AES_256_CCM TLS_PSK_WITH_AES_256_CCM_8
TLS_PSK_WITH_AES_256_GCM_SHA384 TLS_PSK_WITH_CHACHA20_POLY1305_SHA256 TLS_PSK_WITH_NULL_SHA
TLS_PSK_WITH_NULL_SHA256 TLS_PSK_WITH_NULL_SHA384 TLS_RSA_EXPORT_WITH_DES40_CBC_SHA
TLS_RSA_EXPORT_WITH_RC4_40_MD5 TLS_RSA_WITH_3DES_EDE_CBC_SHA TLS_RSA_WITH_AES_128_CBC_SHA
TLS_RSA_WITH_AES_128_CBC_SHA256 TLS_RSA_WITH_AES_128_CCM TLS_RSA_WITH_AES_128_CCM_8
TLS_RSA_WITH_AES_128_GCM_SHA256 TLS_RSA_WITH_AES_256_CBC_SHA TLS_RSA_WITH_AES_256_CBC_SHA256
TLS_RSA_WITH_AES_256_CCM TLS_RSA_WITH_AES_256_CCM_8 TLS_RSA_WITH_AES_256_GCM_SHA384 TLS_RSA_WITH_DES_CBC_SHA
TLS_RSA_WITH_NULL_MD5 TLS_RSA_WITH_NULL_SHA TLS_RSA_WITH_NULL_SHA256 TLS_RSA_WITH_RC4_128_MD5
TLS_RSA_WITH_RC4_128_SHA TO TOP TRILL TRSNIFF TTL TXT Temporarily Terminated Text The This Those Thresholds
Time Timeout Times To Told Tomcat Too Traffic Transaction Transfer Transfers Translated Trap Traps Trouble
Trunk Trying Two Type U UC UDLD UDP UDP-Lite UDP-Voicemail UDP/BOOTP UDP/DHCP UDP/DNS UDP/H.323 UDP/IKE
UDP/L2TP UDP/NTP UDP/RIP UDP/RTP UDP/RTP-RTCP UDP/SNMP UDP/SRTP UDP/SRTP-SRTCP UDP/TFTP UDP/TIME UDP/Voicemail
UDP/Voicenet UDPTL UID UIDL UPD UPD/Proprietary UPD/Voicemail UPDATE UPnP URI USAGE USER UTC UTF UTF-16 Ubuntu
Unauthorized Unavailable Unclear Undecipherable Unencrypted Unified Unknown Unreachable Unsupported Unwanted
Upgrade Upgrades UsageError Use Used User V VALUE VAMI VERSION VLAN VLAN-tagged VMPRO VMPRO-IN-1 VMPRO-IN-2
VMPRO-IN-3 VMPRO-IN-4 VMPRO-IN-5 VMPRO-IN-6 VMPRO-IN-7 VMPRO-IN-8 VMPRO-IN-9 VMPRO-INT-1 VMPRO-OUT-1
VMPRO-OUT-2 VMPRO-OUT-3 VMPRO-OUT-4 VMPRO-OUT-5 VMPRO-OUT-6 VMPRO-OUT-7 VMPRO-OUT-8 VNC VP8 VP9 VPN VPN's VTP
VXLAN Version Via View Voice Voicemail Voicenet WB WEN WITH Wallboard Wallboards Web WebLM WebRTC WebSocket
What Where Whether Which Who Whois Why Wi Wi-Fi Windows Wireshark Wireshark's WiresharkFoundation
WiresharkFoundation.Wireshark With Without Wizard Working Workplace Works Written X X.691 XCP XEP XEP-0206 XML
XML-RPC XMP XMPP Y YXDOMAIN YXRRSET Yes Your Z Z_BUF_ERROR a a.place aG abandon abbreviatedNumber
abcdefghijklmnopqrstuvwxyz234567 abort about above accept accepted accepts access access-accept
access-challenge access-reject access-request access_denied accounting accounting-request accounting-response
ack ack.value ackedLostSegments acknowledged acknowledgement action active activity ad2 adaptiveBusy add added
additiveRegistrationNotSupported addr address addresses admin administration administratively administrator
admission admissionReject admissionRequest admit advises aes aes-128-ecb aes-128-gcm
afbfec289993d24c9e9786f19c6111e04390a899 after afterprint afterwards again against agent aggressive ago agreed
ah ahead alert alert's alerting alg alias aliasesInconsistent alive all allocate allowed alone alpn already
also alternative although always ambiguous among amp an analyse analyse.ts analysis anchor and anew annex
announce announced announcement announcements announces anon anonymize anonymized anonymous another answer
answer's answer-time answered answers any any_host anything apart apop app append append_text appenders
appendix appliance application application/json application/sdp application_name applications apt archive
archived are aria aria-hidden aria-label aria-labelledby aria-live aria-rowcount aria-rowindex aria-sort arrive
arrived arrives arrow as ascending asked asks associations asymmetric at atMost atm atm-rfc1483 attached audio
auth authMethodNotSupported authNoPriv authPriv authenticate authentication authentication-only authorisation
authorise authorization authorizationError authorized auto autocomplete available avaya avaya-sub.com
avayacloud avayacloud.com b b.place back backend backspace backtab backup backups bad badFormatAddress badValue
bad_certificate bad_certificate_hash_value bad_certificate_status_response bad_record_mac badly balancing band
banner bar base base-uri base64 basePort basis batch bdat be bearer became because become been before
beforeprint began beganBefore begin beginning begins behalf behind belies believed below beside better between
beyond binary bind bindResponse binding bittorrent blank blksize block block's blocked blocked-direction blocks
body bold bonded bootFile bootp both box bpf branch brew bridged broadcast broadcasts broke broken browser
browsers btsnoop buffer buffer's buffer-size bufferSize build build-essential built bulk bundled burst busy but
button by by_port bye byte byte-order bytes bzip2 bzip2-compressed c c-hdlc
c3eef712c72ebb5a11a7d2432bb46365bef9f502 ca call call's call-failed call-id call.pcapng callForwarded callId
callInProgress callProceeding callSignalAddress call_id called calledPartyNotRegistered calledVendor caller
callerNotRegistered callerVendor calling calls came can canceled cancelled candidate candidates cannot cap
cap_net_admin cap_net_raw capa capability caption capture capture's capture-and-flow capture-one-sided
capture/batch.ts capture/open.ts capture/problem.ts capture/time-window.ts captured captures capturing cards
cards-if-narrow carries case case.html case.pcap case.pcapng cask cat cause ccr cell cells centre certain
certificate certificate-expired certificate-not-yet-valid certificate_expired certificate_required
certificate_revoked certificate_unknown certificate_unobtainable certificates cfilters ch chain challenge
change change-cipher-spec changed changes channel channel-bind channel-data channels charset check choose
chosen chown cipher circle circuit claims clamping class classify classify.ts clear clear-text cli click client
client's clientMs client_address client_bytes client_packets client_port clients clock clockRate
clockRateAssumed clocks close close_notify closed closes cloud clue coa coa-ack coa-nak coa-request code codec
codec-mismatch codecs codes col collaboration colleague collectDestination collectPIN color color-scheme
colorfilters colours column com come comes command commands commas commented comments commitFailed common
communication communicationModeCommand communicationModeRequest communicationModeResponse compare compared
compares compatible compiles complete compressed concealment concluded conferenceCommand conferenceIndication
conferenceListChoice conferenceRequest conferenceResponse conferencing confidence confidentialityRequired
config config/wireshark/profiles/flowmatrix configurable configuration configured confirmed congested
congestion connect connectAcknowledge connected connection connection's connections connects console contact
content content-length content-type contents contradicts control conversation conversations convert cooked
copies copy copy-button copying corrupt could count counted counters counts course coverage coverage.ts covers
crashed create create-permission credentials critical cross crypto cseq css csv ctrl ctrl-c ctrl-l ctrl-u
ctrl-z current cursor customer cut cut-off cuts cwd cx cy cyan d d1 d2 d3 damage damaged dark darwin data
data-at data-copy data-head data-print dataType database databases datagram datagrams datetime day days dccp
dcerpc dd death debug decided decline decode decode_error decoded decompression decompression_failure decrypt
decrypt_error decryption decryptionErrors decryption_failed default default-src delay delete delivered demand
denied descending description descriptions destination destinationRejection details detection detours dev
dev/bpf dev/stdout dev/tty device device-width deviceList devices devlink3 dfilters dhcp dhcp-no-offer
dhcp-refused dhcp.option.dhcp diagnostic diagnostics diallers dialog dialogues did diff diff.ts differ
different differs digits dim direct direction directions directory disabled disabled-service disagree
disconnect disconnect-ack disconnect-nak disconnect-request discover discovery discoveryRequired disk display
dissector dist dist/page distinguished div dl dnf dns dns-failure do doctype document document/anonymize.ts
document/chosen-flows.ts document/coverage.ts document/diff.ts document/document.ts document/explanation.ts
document/moment.ts document/read.ts document/row-coverage.ts document/sides.ts documentation documented
documents document’s does domain domains done down download draft draw drawn drifting driver driver's drives
dropped drops dscp dscp-lost dsn dst dst_port dstport dt dtls dtls.record.content_type due dumb dump dumpcap
duplex duplicateAcks duplicates duration e e.g each earlier earliest ecb ech ech_required echo editcap editor
effect efr egp egress ehlo eigrp eip either element elimination else elseif elsewhere em email emergency empty
en enable encrypted encryption encryptionCommand end end-of-capture endSessionCommand ended endpoint endpoints
ends enforced engine enhancedstatuscodes enrolment enter entries entry epoch eprt epsv equal equally equipment
equiv error errors es escape esp essential established estimate estimated etc etc/group eth eth.dst.ig eth0
etherip ethernet etl2pcap etl2pcapng evenly event events every evicted evidence exact exactly examine example
examples exceeded exceedsCallCapacity exceptions exchange exchanged excludes exe exec exist existent exists
exit expired expires expiry explain explain.ts explanation export export_restriction extended extension
extensions extract extract.ts f f_by f_row f_service fabric facility facilityCallDeflection facts fail fail-on
fail-on-loss failed failing fails failure failures fair fallback false families family far fastRetransmissions
fatal fault faulty fc00 fd00 fddi fe80 feat feature featureSetUpdate features federation fetch fetched fetches
few fewer ff ff00 ff02 ffff fg field fields figcaption figure figures file file's files fill filter filtered
filters final find finding finding/kinds.ts finding/thresholds.ts findings finds fine fingerprint finished
firewall firewall's firewalls firmware first first-packet firstLost fit fits five flag flags flood flow flow's
flow-count flow-data flow-details flow-details-title flow-more flow-scroll flow-search flow-table flow/table.ts
flowControlCommand flowControlIndication flowCount flow_count flowmatrix flowmatrix-coverage/1
flowmatrix-diff/1 flowmatrix-explanation/1 flowmatrix-sides/1 flowmatrix-theme flowmatrix.by flowmatrix.lua
flowmatrix.row flowmatrix.service flowmatrix/1 flows flows.csv flow’s focusin folder followed follows footer
for for-wireshark forbidden force force-renew forcedDrop foreign forgot form form-action format forward
forwardedElements found four frag fraghdr fragment fragmentation fragmentation-needed fragmented fragments
frame frame-relay frame.number frame.time_epoch frames free from from_name ftp full fullRegistrationRequired
function functionNotSupported functionNotUnderstood further g g722 g729 gap gatekeeper gatekeeperReject
gatekeeperRequest gatekeeperResources gatekeeperRouted gateway gatewayResources gateways gave gb gcm genErr
genericCommand genericDataCapability genericDataReason genericIndication genericRequest genericResponse get
get-bulk get-next gets give given gives go goes gone good googleapis googleapis.com got grave graver gre green
greeting greylisting grid group groups grow gsm gsm-efr gss gt guess guessed guesses gui gui.column.format gzip
h h1 h2 h2-database h223MultiplexReconfiguration h223SkewIndication h225 h225-ras h225.RasMessage
h2250MaximumSkewIndication h245 h3 h310SeparateVCStack h310SingleVCStack h323 h4 had half half-open halfOpen
hand handed handsets handshake handshake_failure handshakes happens has hasDouble hash hashchange have hdlc
hdlcFrameTunnelling head header header's headers headers-only heading heads height held hello helo help helper
here hex hidden highest history hlo hmn hold holds home hop hopCountExceeded host host's host-not-given
hostName hosted hosts hour how however hp href html http http-bind http-equiv httpbind https hung i iLBC iax2
icmp icmp.code icmp.type icmp6 icmp_type icmpv6 icmpv6.type icmpv6_type icon id id20 identity idle ids ieee802
ieee802.11 ieee802.11-radiotap ies ietf if ig igmp ignore igp ike illegal illegal_parameter image image/svg
imap imap-error img img-src implemented in inConf inactive inappropriate inappropriateAuthentication
inappropriate_fallback incidents included incoming incompatible incomplete incompleteAddress inconsistentName
inconsistentValue index indication infected infer inferred infiniband info inform information informational
infos ingress init initial initial-scale initialisation innermost input ins insert inside inside.pcap
inspection inspects install installed installer instead insufficient insufficientAccessRights
insufficientResources insufficient_security intake intake/intake.ts integration integrity intended interarrival
interface interfaces intermediate internal internal_error internationalNumber interrupted interval interworking
into intra intra-device invalid invalidAlias invalidCID invalidCallSignalAddress invalidConferenceID
invalidCredentials invalidDNSyntax invalidEndpointIdentifier invalidPermission invalidRASAddress
invalidRevision invalidTerminalAliases invalidTerminalType invite ip ip-office ip-over-infiniband ip.dst
ip.flags.mf ip.frag_offset ip.proto ip.src ip.version ip6 ip_dst ip_proto ip_src ip_version ipairs ipip ipnet
ipo ipo-in ipo-out ipoffice ipv4 ipv6 ipv6.dst ipv6.fraghdr.offset ipv6.nxt ipv6.src ipv6_dst ipv6_src iq is
is-empty is-error is-final is-fine is-group is-list is-live is-open is-product is-provisional is-refusal
is-request is-row is-warning is_media is_nobody isolated issue it item its itself iv j ja3 ja3s ja4 ja4s jabber
jabber.org/protocol/httpbind java java-rmi java-serialisation jitter jitterIndication jitterMs job join joined
js json judged judges just k kB kb kbit kbit/s keep keepAlives keeps kept kerberos kernel key keydown keypress
keys kicker kind kinds kiss kiss-o'-death know known knows l l2tp label labelled labelledby labels lacks ladder
ladders lanes lang large larger last lasted late later latin1 layer ldap ldap-bind-failed
ldap.bindResponse_element leads leap lease lease-active lease-query lease-unassigned lease-unknown least leave
leaves left legacy legend len length lengths less let lets level level1RegionalNumber level2RegionalNumber lhlo
li lib libpcap libpcap-dev licence licences licensing light like limit limits line lines link linkTypes links
linktype linux linux-sll linux-sll2 list listed listener listening listens lists little live live.ts llmnr load
local local/lib/wireshark/plugins localNumber location locked log log-in logicalChannelRateAcknowledge
logicalChannelRateReject logicalChannelRateRelease logicalChannelRateRequest login logout logs long longer
longest look look-up looked looks loop loopback loose loss lossPercent losses lost lostSegments lowest lsub lt
lua lua_script lz4 lz4-compressed m mac macOS made magic mail mailbox mailboxes main maintenance
maintenanceLoopOffCommand makes man management manager manages mandatory many map mapping mark markdown marked
marks masks master masterSlaveDeterminationRelease masthead matched matrix matrix's matrix/filter.ts
matrix/find.ts matrix/ip-office.json matrix/load.ts matrix/release.ts matrix/types.ts matter max max-flows
max-memory max-packets max-width maxFlows maxGapMs maxJitterMs may mb mcLocationIndication md5 mdns mean
meaning means measured mechanism media media-address-mismatch media-jitter media-loss media-silence
media-stopped mediaFlows media_flows meeting meetings memory mended merged message messages messaging meta
method mf middle midnight min minute mirror miscellaneousCommand miscellaneousIndication mismatch miss missed
missing missing_extension mixed mixes mm mobileMultilinkReconfigurationCommand
mobileMultilinkReconfigurationIndication mobility mode model modify moment moments monitor monitoring more mos
most move moved moves mpls ms much multicast multilink multilinkIndication multilinkRequest multilinkResponse
multiplex multiplexEntrySendRelease must mute muted mutual mux mysql n n/a nToN nToOne nak name named names
namespace narrow nasystem nasystem/who_is nat nationalNumber nav nbns ndjson nearer nearest need needed
neededFeatureNotSupported needs neighbours neither net netascii netlink network networkSpecificNumber networks
never new new-group newAtmVcCommand newAtmVcIndication newConnectionNeeded newTokens newest next nflog nil no
no-ack no-infer no-media no-promiscuous no-referrer noAccess noAuthNoPriv noBandwidth noCreation noError noH245
noPermission noRouteToDestination noSuchName noSuchObject no_application_protocol no_certificate
no_renegotiation nobody noise non non-existent nonStandard nonStandardReason none noop nor normal normalDrop
not not-a-capture notAvailable notBound notCurrentlyRegistered notInTimeWindows notRegistered notWritable note
notes nothing notice notify now npcap npcap.com npm ns nt ntp ntp-refused ntp-unsynchronised ntp.stratum null
nullData number numbered numbers nv nxt o object octet of off offer offered offeredAlpn offeredVersion offers
office office365 office365.com offset often ok ol old older oldest on onFault onProgress once one one-X
one-sided one-way one-way-media one-x oneToN ones onex only opcode opcode.value open openLogicalChannelConfirm
opened openssh openssh-client openssh-clients operation operations operationsError opinion option optional
optional-service options opts opus or order orderly org org.h2.engine.SessionRemote org.h2.value.Transfer
organisation organisations original originals ospf other other-range others otherwise ours out out-of-order
outOfOrder outcome outgoing outlook outlook.com outlook.office.com outlook.office365.com output outputs outs
outside outside.pcap over overflow overloaded own own-configurable own-range owns p pISNSpecificNumber pace
package package.json packed packet packet's packet-skinny packets packets/s page page.css page.js page.ts
pagedown pageup pair pairs parameter params part part.pcapng partial parts party pass passed passes passive
password past pasv path paths pause payload payloadType payloads pcap pcap-filter pcapng pcma pcmu pdml pdu
peak peer peerProducts peerRow peer_row peers people per percent perhaps permission permissionDenied personal
phone phones picture piece pieces pim pipe pipelining pkt pkt/s pktap pktmon place placeholder places plain
plug plug-ins plugin plugins point pointToPoint points poke policy polite polling pool poor pop3 port port's
port-only port-scan portal portal's portals portrange ports ports-only positive postdissector postgresql ppm
ppp ppp-hdlc pppoe pre pre-authentication preauth precedence preferences prefers prefers-color-scheme prefix
presence presently print printed priority private probable probe problem problems proceed product products
profile profiles program programs progress prohibited promiscuous proprietary proto proto.dissector
proto.fields proto.init protocol protocolError protocol_version protocols provider provisional proxies proxy
proxy-authenticate proxy-authorization pseudo pseudo-files psk ptime public published purpose put puts pwd px q
q931 qosControlNotSupported quality quarters queries query queues quic quick quicv2 quiet quit quot quota
quotes r radiotap radius raise ran random range range.first range.last range.row ranges ras rate raw rcpt rd2
rdp reach reachable reached reaches read read-file read-only readOnly readable reading readme reads reason
reasons rebuild receive received receiver receiver's receivers receiving recipient recognition record record's
record-route record_overflow recorder recordings records recovery rect recvonly red redirected redundant
reference referral referrer refid refresh refusal refusalReason refusals refused refuses register register-ack
registerWithAssignedGK register_postdissector registrar registration registration-failed registrationConfirm
registrationReject registrationRequest registrations regrel regreq reject rejected rejects rel relabelled relay
relaying release releaseComplete releases remembered removed rename renderer renegotiation renew renewed
reordercap reordered reordering reordering-rate repeat repeated repeats replace replaceWithConferenceInvite
replaced replacement replacements replacer replaces reply reply's report report/coverage.ts report/diff.ts
report/html.ts report/index.ts report/renderer.ts report/sides.ts report/wireshark.ts reported reports request
requestChannelCloseRelease requestDenied requestModeRelease requestMultiplexEntryRelease requestToDropOther
requested requests require required reregistrationRequired reset reset's resetBy resets resize resolution
resolved resource resourceUnavailable response rest restarted restore restriction rests result retired
retired-row retr retransmission retransmission-rate retransmissions retransmits retransmitted retry return
returns reused reuses reverse reversed revoked rewrites rewritten rewrote rfc1350 rfc1483 right ring ringing
rip rmi role room root round round-trip route routeCallToGatekeeper routeCallToMC routeCallToSCN routeCalltoSCN
routed router routes routing row row's row.direction row.id row.peers row.place row.ports row.product
row.service row.tftp row.transports rowcount rowindex rows rset rsvp rtcp rtcp-mux rtcp.version rtp rtp.version
rtpmap rtsp rtt rtx rule ruled rules run rung rungs runs rx s s2 s3 said same sampled sasl save saved say says
sbin scale scan scanner scanning scans sccp schema schema/matrix.schema.json schema/report.schema.json scheme
scope score scores screen script script-src scriptless scroll sctp sdp search sec sec-websocket-protocol second
seconds secret section section's sections secure secureTwins security securityDHmismatch securityDenial
securityDenied securityError see seen sees segment segments select send sendTerminalCapabilitySet sender
sender's senders sendonly sendrecv sends sent separate sequence serialisation serve server server's serverMs
server_address server_bytes server_of server_packets server_port servers serves service service's services
session sessions set setcap setting settings settle setup setupAcknowledge several severity sh sha256 shell
shift shift-tab short shorter should show showed shows shutdown side side's sided sides sides.ts sign signal
signalling signed silence silent silently simple since single single-operation single-port sip sip-alg sip-nat
sip.CSeq.method sip.Call-ID sip.Method sip.Status-Code sips site site's siteOption sites size skinny skip
skipped slave sll sll2 slow slow-round-trip slowly sm small smaller smb smtp smtp-error smtp.response.code
snaplen snmp snmp-error snoop so so-far solution some somebody something sort source sources span spanning
spans speak speaks spec specified speech speech.googleapis.com speex spellcheck spoke spoken spread spreadsheet
spuriousRetransmissions src src_port srcport srtp ssdp ssh ssh's ssl sspi ssrc st stack stand standard stands
start startH245 started starttls starttls-missing stat state statistics status status-client status-server
statusInquiry stay stays stdout step still stls stood stopped stor storage storage.googleapis.com store
straight strangers stratum stream stream.value streams strict string stroke stroke-width strong
strongerAuthRequired stuck stun stun.type style style-src sub sub-agent submit subprotocol subscribed
subscriberNumber subscription subscription-fallback succeeded success such sudo suite summary summary-title
supervision support supported supposed sure survive svg switch switched switching symmetric symmetric-active
symmetric-passive syn syn.value sync synchronised syns syslog syst system system's systems t t140 t30fax t38
t38fax tab tabindex table table.insert table.sort tag tagged take taken takes talks tar target tbody tcp
tcp.analysis.flags tcp.analysis.keep_alive tcp.analysis.keep_alive_ack tcp.analysis.out_of_order
tcp.analysis.retransmission tcp.analysis.window_update tcp.analysis.zero_window tcp.dstport tcp.flags.ack
tcp.flags.reset tcp.flags.syn tcp.len tcp.srcport tcp.stream tcp_ack tcp_client_retransmissions
tcp_client_rtt_ms tcp_dst tcp_history tcp_reset_by tcp_server_retransmissions tcp_server_rtt_ms tcp_src
tcp_state tcp_stream tcp_syn tcpdump td tds tel telephone telephone-event tell tells temporary terminal
terminalCapabilitySetRelease terminalExcluded test text text-anchor text2pcap textarea texts texttospeech
texttospeech.googleapis.com tftp tftp-error tftp-incomplete tftp-no-data tftp-restarted tftp.opcode tftpServer
tftp_opcode tftp_rows tftp_sides th than that the thead their theirs them theme then there these they thing
things third this those though threads three three-flow threshold thresholds through tick ticket time
time-order time-out time-outs timed timeline timeout timer times title tls tls-alert tls-incomplete
tls.alert_message tls.handshake tls.handshake.type tls.record.content_type tls.record.length tls13 to to_dst
to_name to_src today today.pcapng together told tone too tooBig took tool tostring total tr trace traces
traffic transaction transfer transfer's transfer-silence transfers transit translated translation transparent
transport transportNotSupported transportQOSNotSupported transportedInformation transports trap traps tree
tried tries trip trips trouble troubles true truncated trunk trunks trust trusted try ts tshark tsize tspan
ttlExpired tty tunnel tunnelled tunnelledSignallingRejected tunnels twice two tx txt type types typing u u003c
udp udp.dstport udp.srcport udp/69 udp_dst udp_src udplite uid ul ulpfec unallocatedNumber unanswered
unassigned unavailable unbind unclear undefinedReason under undoFailed undoes unexpected unexpected_message
units unknown unknownEngineIDs unknownUserNames unknown_ca unknown_psk_identity unknowns unless unobtainable
unpack unreachable unreachableDestination unreachableGatekeeper unreadable unrecognized unrecognized_name
unsupported unsupportedSecLevels unsupported_certificate unsupported_extension unsynchronised untagged until
unwillingToPerform up update upgrade upgrades upstream uri urn usage use used user user's user-agent user@host
userInformation userInput user_canceled usermod users uses usr usr/sbin ustar usual utc utf utf-8 utf16le utf8
v v1 v14buffered v2 v42lapm vain valid validFrom validTo value values vendor vendor's vendorClass
vendorIdentification ver verdict verify version very via video viewBox viewer viewport violation virtual vlan
vmpro voice voicemail vrfy vrrp w w3 wait waited wants warning warnings was watch wave way ways weak web
websocket well well-known went were what whatever when where whether which while white who whole whom whose why
whys wide width will win32 window windowsize winget wire wired wireshark wireshark-app wireshark-cli
wireshark-common with with_ranges withdrawn within without word word-data words work worked worker worker.js
working works worse worst worst_jitter_ms worst_loss_percent worst_mos would write write-request writes written
wrong wrongDigests wrongEncoding wrongLength wrongType wrongValue www www-authenticate www.w3.org/2000/svg wx x
x.x x.x.x.x x1 x2 xml xmlns xmpp xmpp-tls xz xz-compressed y y1 y2 yellow yes yesterday yesterday.pcapng yet
you young yours yourself z zero zero-window zero-window-time zeroWindows zip zone zstd µs
`.split(/\s+/),
);
