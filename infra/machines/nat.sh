#!/bin/bash
# Runs as a service on the machine through which the private subnets get out, and repairs what it finds undone:
# after a reboot, after the network was configured anew, after another machine has left this one's place.
# INTERFACE, ADDRESS: the interface that the subnets' route leads to. VPC_RANGE, PORTS, REGION.
set -u

metadata() {
    local token
    token=$(curl -sS -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
    curl -sS -m 5 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

inside() { ip -4 -o address show | awk -v address="$ADDRESS" 'index($4, address "/") == 1 { print $2; exit }'; }
outside() { ip -4 route show default | awk -v inside="$1" '{ for (i = 1; i < NF; i++) if ($i == "dev" && $(i + 1) != inside) { print $(i + 1); exit } }'; }
gateway_of() { ip -4 route show default dev "$1" | awk '{ for (i = 1; i < NF; i++) if ($i == "via") { print $(i + 1); exit } }'; }

attach() {
    aws ec2 attach-network-interface --region "$REGION" --instance-id "$(metadata instance-id)" \
        --network-interface-id "$INTERFACE" --device-index 1
}

translate() {
    nft -f - <<RULES
table ip marquee
delete table ip marquee
table ip marquee {
    chain leaving {
        type nat hook postrouting priority srcnat
        oifname "$2" masquerade
    }
    chain passing {
        type filter hook forward priority filter; policy drop
        ct state established,related accept
        iifname "$1" oifname "$2" tcp dport { $PORTS } accept
    }
}
RULES
}

while sleep 10; do
    in=$(inside)
    if [ -z "$in" ]; then
        attach
        continue
    fi
    out=$(outside "$in")
    via=$(gateway_of "$in")
    [ -n "$out" ] && [ -n "$via" ] || continue
    sysctl -qw net.ipv4.ip_forward=1
    # Answers leave by where questions came in: there the network expects them.
    ip -4 route replace "$VPC_RANGE" via "$via" dev "$in"
    nft list table ip marquee >/dev/null 2>&1 || translate "$in" "$out"
done
