/**
 * What the integration tests stand on: network namespaces, real server processes, clients that count, and receivers
 * that misbehave.
 *
 * <p>The tests create network namespaces. As root that works as it is; anybody else starts the whole test JVM in a
 * user namespace:
 *
 * <pre>{@code
 * unshare -Urnm sh -c 'mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up && exec mvn verify'
 * }</pre>
 *
 * <p>Loopback must be up there, or Java takes the machine for one without IPv6.
 *
 * <p>Programs are taken from the folder in the system property {@code socketbox.dist}, {@code target/dist} unless it
 * is set. All traffic stays on loopback and veth devices inside these namespaces.
 */
package io.socketbox.testing;
