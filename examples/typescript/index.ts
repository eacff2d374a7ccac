// The mesh of examples/helloworld-subsets.yaml as a component of a program in TypeScript.
// Once: pulumi package add github.com/OWNER/fairlead/provider
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as fairlead from "@pulumi/fairlead";

// The provider that the rest of this program uses, of a cluster that it may have created itself.
const cluster = new kubernetes.Provider("cluster", {
    kubeconfig: new pulumi.Config().get("kubeconfig"),
    context: "kind-mesh",
});

const mesh = new fairlead.Mesh("mesh", {
    istio: { mtls: "strict" },
    gateways: [{ name: "istio-ingress", expose: "nodePort" }],
    namespaces: [{ name: "hello", injection: true }],
    samples: [{ name: "helloworld", namespace: "hello" }],
    apps: [{
        name: "helloworld",
        namespace: "hello",
        port: 5000,
        gateways: ["istio-ingress"],
        hosts: ["hello.example.com"],
        versions: [{ name: "v1" }, { name: "v2" }],
        routes: [{ weights: { v1: 70, v2: 30 } }],
    }],
}, { providers: { kubernetes: cluster } });

export const urls = mesh.apps;
